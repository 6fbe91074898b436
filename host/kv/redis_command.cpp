#include "host/kv/redis_command.hpp"

#include <atomic>
#include <charconv>
#include <initializer_list>

#include "host/core/ids.hpp"
#include "host/kv/window.hpp"

namespace host::kv {

namespace {

constexpr std::size_t frame_bytes = 160;  // all but the owner, the key and the value

// A version is a random number of 63 bits, so that whoever puts need ask nobody: neither another host nor Redis gives
// one out that somebody may still remember, whatever their clocks do. SplitMix64 from a random begin: no number comes twice
// from one process, and no lock is needed.
std::uint64_t new_version() {
    static std::atomic<std::uint64_t> state = [] {
        std::uint64_t begin = 0;
        core::random_bytes(&begin, sizeof begin);
        return begin;
    }();
    constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state.fetch_add(step, std::memory_order_relaxed) + step;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed = (mixed ^ (mixed >> 31)) >> 1;
    return mixed != 0 ? mixed : 1;
}

void append_digits(std::string& bytes, std::uint64_t number) {
    char text[20];
    bytes.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

// A word that is made of several parts.
void append_parts(std::string& bytes, std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    bytes += '$';
    append_digits(bytes, size);
    bytes.append("\r\n");
    for (const std::string_view part : parts)
        bytes.append(part);
    bytes.append("\r\n");
}

void append_number(std::string& bytes, std::uint64_t number) {
    char text[20];
    append_word(bytes, {text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text)});
}

void append_key(std::string& bytes, const Request& request) {
    if (request.operation != Operation::Limit) {
        return append_parts(bytes, {"gantry:", request.owner, ":k:", request.key});
    }
    append_parts(bytes, {"gantry:", request.owner, ":w:", std::to_string(request.window_ms), ":", request.key});
}

void begin(RedisCommand& command, std::string_view name, const Request& request, std::size_t words) {
    append_count(command.bytes, words);
    append_word(command.bytes, name);
    append_key(command.bytes, request);
}

// The scripts have one key each.
void begin(RedisCommand& command, RedisScript script, const Request& request, std::size_t arguments) {
    command.script = script;
    command.words = 2 + arguments;
    append_word(command.bytes, "1");
    append_key(command.bytes, request);
}

void write_put(RedisCommand& command, const Request& request) {
    const std::string version = redis_version(command.version = new_version());
    std::string& bytes = command.bytes;
    if (request.if_version != 0 && request.if_version != only_if_absent) {
        begin(command, RedisScript::PutIf, request, 3);
        append_word(bytes, redis_version(request.if_version));
        append_parts(bytes, {version, request.value});
        return append_number(bytes, request.ttl_ms);
    }
    const bool lives_long = request.ttl_ms == 0;
    const bool is_conditional = request.if_version == only_if_absent;
    begin(command, "SET", request, 3U + (is_conditional ? 1 : 0) + (lives_long ? 0 : 2));
    append_parts(bytes, {version, request.value});
    if (is_conditional) append_word(bytes, "NX");
    if (lives_long) return;
    append_word(bytes, "PX");
    append_number(bytes, request.ttl_ms);
}

void write_remove(RedisCommand& command, const Request& request) {
    if (request.if_version == 0) return begin(command, "DEL", request, 2);
    begin(command, RedisScript::RemoveIf, request, 1);
    append_word(command.bytes, redis_version(request.if_version));
}

void write_add(RedisCommand& command, const Request& request) {
    begin(command, RedisScript::Add, request, 3);
    append_word(command.bytes, std::to_string(request.by));
    append_number(command.bytes, request.ttl_ms);
    append_word(command.bytes, redis_version(command.version = new_version()));
}

void write_limit(RedisCommand& command, const Request& request) {
    begin(command, RedisScript::Limit, request, 3);
    append_number(command.bytes, request.limit);
    append_number(command.bytes, slice_ms_of(request.window_ms));
    append_number(command.bytes, static_cast<std::uint64_t>(slices_of_window));
}

}  // namespace

void append_count(std::string& bytes, std::size_t words) {
    bytes += '*';
    append_digits(bytes, words);
    bytes.append("\r\n");
}

void append_word(std::string& bytes, std::string_view word) {
    append_parts(bytes, {word});
}

std::string redis_version(std::uint64_t version) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text(redis_version_digits, '0');
    for (std::size_t i = text.size(); i-- > 0; version >>= 4)
        text[i] = digits[version & 15];
    return text;
}

RedisCommand redis_command(const Request& request) {
    RedisCommand command;
    command.operation = request.operation;
    command.bytes.reserve(frame_bytes + request.owner.size() + request.key.size() + request.value.size());
    switch (request.operation) {
        case Operation::Get:
            begin(command, "GET", request, 2);
            break;
        case Operation::Put:
            write_put(command, request);
            break;
        case Operation::Remove:
            write_remove(command, request);
            break;
        case Operation::Add:
            write_add(command, request);
            break;
        case Operation::Limit:
            write_limit(command, request);
            break;
    }
    return command;
}

}  // namespace host::kv
