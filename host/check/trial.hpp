#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gantry/json.hpp>

namespace host::check {

// Numbers that look random and are the same for the same seed on every machine (splitmix64).
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    // 0 to end - 1.
    std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }

  private:
    std::uint64_t state_;
};

// A seed for one case: no case depends on which others ran before it.
std::uint64_t seed_of(std::uint64_t seed, std::string_view name);

// Bytes that a terminal, JSON and XML can show: what is no printable ASCII becomes \xNN.
std::string printable(std::string_view text);

// One case as the child process sees it. Every line goes to the parent at once: the next may be the last.
class Trial {
  public:
    Trial(int descriptor, std::uint64_t seed) : random(seed), descriptor_(descriptor) {}

    // Where it is now, for the case that it does not come back from there.
    void at(std::string place);
    const std::string& place() const { return place_; }
    // Something is wrong with the plugin.
    void finding(const std::string& what);
    bool has_findings() const { return findings_ > 0; }
    // The case does not apply.
    void skip(const std::string& why);
    // Tells the parent something that later cases need.
    void fact(const gantry::Json& value);
    // A finding after which the instance cannot be used any more: ends the case and the process.
    [[noreturn]] void give_up(const std::string& what);
    void done();

    Random random;

  private:
    void write(const char* kind, const gantry::Json& value);

    const int descriptor_;
    std::string place_;
    std::size_t findings_ = 0;
};

}  // namespace host::check
