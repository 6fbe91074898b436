#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace host::database {

// Which statements were quick when they last ran alone: only those may share a way to the server, since all of them wait
// for the slowest. A statement that is not known, or was pushed out by another of the same slot, counts as slow until it has
// run alone again. Any thread.
class QuickStatements {
  public:
    // Never 0.
    using Key = std::uint64_t;
    static Key key_of(const std::string& owner, const std::string& sql);

    bool contains(Key key) const { return slot(key).load(std::memory_order_relaxed) == key; }
    // It ran alone and took this long.
    void ran(Key key, std::chrono::nanoseconds duration);
    // It failed, or kept others waiting.
    void forget(Key key);

  private:
    static constexpr std::chrono::microseconds quick_max{1'000};
    static constexpr std::size_t slots_max = 1024;

    std::atomic<Key>& slot(Key key) { return slots_[key % slots_max]; }
    const std::atomic<Key>& slot(Key key) const { return slots_[key % slots_max]; }

    std::array<std::atomic<Key>, slots_max> slots_{};
};

}  // namespace host::database
