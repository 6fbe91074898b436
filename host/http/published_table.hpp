#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "host/http/route_table.hpp"

namespace host::http {

// The table that serves now. Reading takes no lock: a reader marks the table it looks at (a hazard pointer), takes a share
// of it and clears the mark. Cost of a read: two exclusive accesses to a cache line of the reader's own, one to the
// table's reference count: some tens of nanoseconds. Nothing is cached by a thread, so that when publish() has returned only
// requests under way still hold the former table; the last of them to end frees it.
class PublishedTable {
  public:
    PublishedTable() = default;
    PublishedTable(const PublishedTable&) = delete;
    PublishedTable& operator=(const PublishedTable&) = delete;
    ~PublishedTable();

    // Any thread. Null before the first publish().
    std::shared_ptr<const RouteTable> current() const;
    // Replaces the table and gives up the former; waits for readers inside current(), some nanoseconds. [control]
    void publish(std::shared_ptr<const RouteTable> table);

  private:
    struct Holder {
        std::shared_ptr<const RouteTable> table;
    };
    struct alignas(64) Mark {
        std::atomic<const Holder*> looking_at{nullptr};
    };
    class Guard;
    void retire(const Holder* former);

    // More than threads ever read at once; a reader that finds its place taken tries the next.
    static constexpr std::size_t marks_count = 64;
    mutable std::array<Mark, marks_count> marks_;
    std::atomic<const Holder*> current_{nullptr};
    std::mutex publishing_;
};

}  // namespace host::http
