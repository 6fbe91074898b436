#include "host/check/trial.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace host::check {

namespace {

constexpr std::size_t findings_max = 20;  // of one case: more would say nothing new

}  // namespace

std::uint64_t Random::next() {
    std::uint64_t value = (state_ += 0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325 ^ seed;  // FNV-1a
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

std::string printable(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            shown += c;
        } else if (c == '\n') {
            shown += "; ";
        } else {
            shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return shown;
}

void Trial::at(std::string place) {
    place_ = std::move(place);
    write("at", printable(place_));
}

void Trial::finding(const std::string& what) {
    if (++findings_ > findings_max) return;
    write("finding", printable(place_.empty() ? what : place_ + ": " + what));
}

void Trial::skip(const std::string& why) {
    write("skip", printable(why));
}

void Trial::fact(const gantry::Json& value) {
    write("fact", value);
}

void Trial::give_up(const std::string& what) {
    finding(what);
    done();
    ::_exit(0);
}

void Trial::done() {
    write("done", true);
}

void Trial::write(const char* kind, const gantry::Json& value) {
    const std::string line = gantry::Json::object({{kind, value}}).dump() + "\n";
    std::string_view left = line;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) ::_exit(1);
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace host::check
