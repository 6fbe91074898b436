#include "host/kv/redis_command.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <charconv>

#include "host/kv/counter_text.hpp"
#include "host/kv/window.hpp"

namespace host::kv {

namespace {

using core::Code;

// An entry is a hash of d, its value, and n, its version. A version is the server's clock in microseconds, but always more
// than the one before, so that a key that was removed and made again never has an old one.
constexpr std::string_view version_function =
    "local function version(old) "
    "local t = redis.call('TIME'); local v = t[1] * 1000000 + t[2]; "
    "if old and tonumber(old) >= v then v = tonumber(old) + 1 end; "
    "return string.format('%.0f', v) end ";

// ARGV: value, ttl, condition ("" any, "absent", or a version). Gives the version, or 0.
const std::string put_script = std::string(version_function) +
                               "local old = redis.call('HGET', KEYS[1], 'n') "
                               "if ARGV[3] == 'absent' then if old then return 0 end "
                               "elseif ARGV[3] ~= '' and ARGV[3] ~= old then return 0 end "
                               "local new = version(old) "
                               "redis.call('HSET', KEYS[1], 'd', ARGV[1], 'n', new) "
                               "if ARGV[2] == '0' then redis.call('PERSIST', KEYS[1]) "
                               "else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end "
                               "return new";

// ARGV: version, or "". Gives 1; 0: not there; -1: another version.
const std::string remove_script =
    "local old = redis.call('HGET', KEYS[1], 'n') "
    "if not old then return 0 end "
    "if ARGV[1] ~= '' and ARGV[1] ~= old then return -1 end "
    "redis.call('DEL', KEYS[1]) return 1";

// ARGV: by, ttl. Gives the sum as text, for a number of Lua has only 53 bits.
const std::string add_script = std::string(version_function) +
                               "local old = redis.call('HGET', KEYS[1], 'n') "
                               "local sum = redis.pcall('HINCRBY', KEYS[1], 'd', ARGV[1]) "
                               "if type(sum) == 'table' and sum.err then return redis.error_reply(sum.err) end "
                               "local new = version(old) "
                               "redis.call('HSET', KEYS[1], 'n', new) "
                               "if not old and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end "
                               "return {redis.call('HGET', KEYS[1], 'd'), new}";

// The sum of window.hpp: a field for each slice. ARGV: limit, length of a slice, slices of a window. Gives what remains, or
// -1, and when to come again.
const std::string limit_script =
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

std::string key_of(const Request& request) {
    std::string key = "gantry:";
    key.append(request.owner);
    if (request.operation == Operation::Limit) {
        key.append(":w:").append(std::to_string(request.window_ms)).append(":");
    } else {
        key.append(":k:");
    }
    return key.append(request.key);
}

std::string condition_of(std::uint64_t if_version) {
    if (if_version == 0) return {};
    return if_version == only_if_absent ? "absent" : std::to_string(if_version);
}

std::string_view text_of(const redisReply& reply) {
    return reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
}

template <typename Number>
Number number_in(const redisReply& reply) {
    if (reply.type == REDIS_REPLY_INTEGER) return static_cast<Number>(reply.integer);
    Number number{};
    const std::string_view text = text_of(reply);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Outcome unexpected() {
    return failed(Code::Internal, "redis gave a reply that cannot be");
}

Outcome refusal(std::string_view error) {
    if (error.find("not an integer") != std::string_view::npos) return failed(Code::Conflict, no_counter);
    if (error.find("overflow") != std::string_view::npos) return failed(Code::InvalidArgument, counter_overflow);
    // Starting, a replica, out of memory, no permission, busy with a script: nothing of the caller's doing.
    return failed(Code::Unavailable, "redis refuses: " + std::string(error.substr(0, error.find(' '))));
}

bool is_pair(const redisReply& reply) {
    return reply.type == REDIS_REPLY_ARRAY && reply.elements == 2;
}

Outcome get_outcome(const redisReply& reply) {
    if (!is_pair(reply)) return unexpected();
    const redisReply& value = *reply.element[0];
    if (value.type == REDIS_REPLY_NIL) return failed(Code::NotFound);
    Outcome outcome;
    outcome.value = text_of(value);
    outcome.version = number_in<std::uint64_t>(*reply.element[1]);
    return outcome;
}

Outcome put_outcome(const redisReply& reply) {
    Outcome outcome;
    outcome.version = number_in<std::uint64_t>(reply);
    return outcome.version != 0 ? outcome : failed(Code::Conflict);
}

Outcome remove_outcome(const redisReply& reply) {
    const auto removed = number_in<std::int64_t>(reply);
    if (removed == 1) return {};
    return failed(removed == 0 ? Code::NotFound : Code::Conflict);
}

Outcome add_outcome(const redisReply& reply) {
    if (!is_pair(reply)) return unexpected();
    Outcome outcome;
    outcome.sum = number_in<std::int64_t>(*reply.element[0]);
    outcome.version = number_in<std::uint64_t>(*reply.element[1]);
    return outcome;
}

Outcome limit_outcome(const redisReply& reply) {
    if (!is_pair(reply)) return unexpected();
    const auto remaining = number_in<std::int64_t>(*reply.element[0]);
    Outcome outcome = remaining >= 0 ? Outcome() : failed(Code::Limit);
    if (remaining >= 0) outcome.remaining = static_cast<std::uint64_t>(remaining);
    outcome.retry_after_ms = number_in<std::uint64_t>(*reply.element[1]);
    return outcome;
}

}  // namespace

const std::array<std::string_view, redis_scripts_count>& redis_scripts() {
    static const std::array<std::string_view, redis_scripts_count> scripts{put_script, remove_script, add_script,
                                                                           limit_script};
    return scripts;
}

RedisCommand redis_command(const Request& request) {
    std::string key = key_of(request);
    switch (request.operation) {
        case Operation::Get:
            return {std::nullopt, {"HMGET", std::move(key), "d", "n"}};
        case Operation::Put:
            return {RedisScript::Put,
                    {std::move(key), std::string(request.value), std::to_string(request.ttl_ms),
                     condition_of(request.if_version)}};
        case Operation::Remove:
            return {RedisScript::Remove, {std::move(key), condition_of(request.if_version)}};
        case Operation::Add:
            return {RedisScript::Add, {std::move(key), std::to_string(request.by), std::to_string(request.ttl_ms)}};
        case Operation::Limit:
            break;
    }
    return {RedisScript::Limit,
            {std::move(key), std::to_string(request.limit), std::to_string(slice_ms_of(request.window_ms)),
             std::to_string(slices_of_window)}};
}

Outcome redis_outcome(Operation operation, const redisReply& reply) {
    if (reply.type == REDIS_REPLY_ERROR) return refusal(text_of(reply));
    switch (operation) {
        case Operation::Get:
            return get_outcome(reply);
        case Operation::Put:
            return put_outcome(reply);
        case Operation::Remove:
            return remove_outcome(reply);
        case Operation::Add:
            return add_outcome(reply);
        case Operation::Limit:
            break;
    }
    return limit_outcome(reply);
}

bool is_unknown_script(const redisReply& reply) {
    return reply.type == REDIS_REPLY_ERROR && text_of(reply).starts_with("NOSCRIPT");
}

}  // namespace host::kv
