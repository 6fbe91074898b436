#include "host/kv/redis_reply.hpp"

#include <hiredis/hiredis.h>

#include <charconv>
#include <string>
#include <string_view>

#include "host/kv/counter_text.hpp"

namespace host::kv {

namespace {

using core::Code;

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

Outcome get_outcome(const redisReply& reply) {
    if (reply.type == REDIS_REPLY_NIL) return failed(Code::NotFound);
    const std::string_view entry = text_of(reply);
    if (reply.type != REDIS_REPLY_STRING || entry.size() < redis_version_digits) return unexpected();
    Outcome outcome;
    const char* const end = entry.data() + redis_version_digits;
    if (std::from_chars(entry.data(), end, outcome.version, 16).ptr != end) return unexpected();
    outcome.value = entry.substr(redis_version_digits);
    return outcome;
}

// SET says OK, or nothing if the condition is not met; the script 1 or 0.
Outcome put_outcome(const RedisCommand& command, const redisReply& reply) {
    if (reply.type == REDIS_REPLY_NIL) return failed(Code::Conflict);
    if (reply.type == REDIS_REPLY_INTEGER && reply.integer == 0) return failed(Code::Conflict);
    if (reply.type != REDIS_REPLY_STATUS && reply.type != REDIS_REPLY_INTEGER) return unexpected();
    Outcome outcome;
    outcome.version = command.version;
    return outcome;
}

Outcome remove_outcome(const redisReply& reply) {
    if (reply.type != REDIS_REPLY_INTEGER) return unexpected();
    if (reply.integer == 1) return {};
    return failed(reply.integer == 0 ? Code::NotFound : Code::Conflict);
}

Outcome add_outcome(const RedisCommand& command, const redisReply& reply) {
    if (reply.type != REDIS_REPLY_STRING) return unexpected();
    Outcome outcome;
    outcome.sum = number_in<std::int64_t>(reply);
    outcome.version = command.version;
    return outcome;
}

Outcome limit_outcome(const redisReply& reply) {
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return unexpected();
    const auto remaining = number_in<std::int64_t>(*reply.element[0]);
    Outcome outcome = remaining >= 0 ? Outcome() : failed(Code::Limit);
    if (remaining >= 0) outcome.remaining = static_cast<std::uint64_t>(remaining);
    outcome.retry_after_ms = number_in<std::uint64_t>(*reply.element[1]);
    return outcome;
}

}  // namespace

Outcome redis_outcome(const RedisCommand& command, const redisReply& reply) {
    if (reply.type == REDIS_REPLY_ERROR) return refusal(text_of(reply));
    switch (command.operation) {
        case Operation::Get:
            return get_outcome(reply);
        case Operation::Put:
            return put_outcome(command, reply);
        case Operation::Remove:
            return remove_outcome(reply);
        case Operation::Add:
            return add_outcome(command, reply);
        case Operation::Limit:
            break;
    }
    return limit_outcome(reply);
}

bool is_unknown_script(const redisReply& reply) {
    return reply.type == REDIS_REPLY_ERROR && text_of(reply).starts_with("NOSCRIPT");
}

}  // namespace host::kv
