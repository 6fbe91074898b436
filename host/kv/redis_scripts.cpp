#include "host/kv/redis_scripts.hpp"

namespace host::kv {

namespace {

// ARGV: the version that must be there, the new entry, ttl. Gives 1, or 0.
constexpr std::string_view put_if_script =
    "if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end "
    "if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2]) "
    "else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end "
    "return 1";

// ARGV: the version that must be there. Gives 1; 0: not there; -1: another version.
constexpr std::string_view remove_if_script =
    "local old = redis.call('GETRANGE', KEYS[1], 0, 15) "
    "if old == '' then return 0 end "
    "if old ~= ARGV[1] then return -1 end "
    "redis.call('DEL', KEYS[1]) return 1";

// ARGV: by, ttl, the new version. Gives the sum as text: a number of Lua has only 53 bits. For the same reason Redis itself
// adds, to the value that stands without its version meanwhile.
constexpr std::string_view add_script =
    "local old = redis.call('GET', KEYS[1]) "
    "if old then redis.call('SET', KEYS[1], string.sub(old, 17), 'KEEPTTL') end "
    "local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1]) "
    "if type(sum) == 'table' and sum.err then "
    "if old then redis.call('SET', KEYS[1], old, 'KEEPTTL') end "
    "return redis.error_reply(sum.err) end "
    "sum = redis.call('GET', KEYS[1]) "
    "redis.call('SET', KEYS[1], ARGV[3] .. sum, 'KEEPTTL') "
    "if not old and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end "
    "return sum";

// The sum of window.hpp: a field for each slice. ARGV: limit, length of a slice, slices of a window. Gives what remains, or
// -1, and when to come again.
constexpr std::string_view limit_script =
    "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000) "
    "local limit, width, slices = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) "
    "local present = math.floor(now / width) "
    "local all, sum, seen = redis.call('HGETALL', KEYS[1]), 0, {} "
    "for i = 1, #all, 2 do if tonumber(all[i]) > present then present = tonumber(all[i]) end end "
    "for i = 1, #all, 2 do local slice, count = tonumber(all[i]), tonumber(all[i + 1]) "
    "if slice + slices < present then redis.call('HDEL', KEYS[1], all[i]) "
    "else sum = sum + count; table.insert(seen, {slice, count}) end end "
    "if sum < limit then "
    "redis.call('HINCRBY', KEYS[1], string.format('%.0f', present), 1) "
    "redis.call('PEXPIRE', KEYS[1], string.format('%.0f', width * (slices + 2))) "
    "return {limit - sum - 1, 0} end "
    "table.sort(seen, function(a, b) return a[1] < b[1] end) "
    "for _, each in ipairs(seen) do sum = sum - each[2] "
    "if sum < limit then return {-1, math.max(1, (each[1] + slices + 1) * width - now)} end end "
    "return {-1, width}";

}  // namespace

const std::array<std::string_view, redis_scripts_count>& redis_scripts() {
    static constexpr std::array<std::string_view, redis_scripts_count> scripts{put_if_script, remove_if_script, add_script,
                                                                               limit_script};
    return scripts;
}

}  // namespace host::kv
