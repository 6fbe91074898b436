-- One row by key, another one each time, as pgbench -S chooses them.
math.randomseed(os.time())

function request()
    return wrk.format(nil, "/bench/rows/" .. math.random(1, 100000))
end
