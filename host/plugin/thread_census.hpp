#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <utility>

namespace host::plugin {

// Which threads came into being while the plugin had the word, and are still there? A thread that outlives stop() would run
// on in unmapped code, so it decides whether a library may be unmapped.
//
// A thread counts as the plugin's if it appeared during a call of the life cycle. Threads that a plugin makes inside a
// request are not seen; a host thread that happens to be born during the call is counted: the wrong way round is safe, it
// only keeps a library mapped.
class ThreadCensus {
  public:
    // Counts what is born during its life.
    class Watch {
      public:
        explicit Watch(ThreadCensus& census) : census_(census), before_(now()) {}
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

      private:
        friend class ThreadCensus;
        ThreadCensus& census_;
        std::set<std::pair<int, std::uint64_t>> before_;
    };

    // How many of the suspects still live. A thread stays in the kernel's list for a moment after it was joined, so this
    // looks again until `patience` is over.
    std::size_t survivors(std::chrono::milliseconds patience = std::chrono::milliseconds(250)) const;

  private:
    // Thread id and the tick of its birth: the kernel uses ids again.
    using Threads = std::set<std::pair<int, std::uint64_t>>;
    static Threads now();

    Threads suspects_;
};

}  // namespace host::plugin
