#include "host/http/published_table.hpp"

#include <thread>
#include <utility>

namespace host::http {

namespace {

// Threads begin their search for a free mark at different places, so that workers do not share one.
std::size_t preferred_place() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t place = threads.fetch_add(1, std::memory_order_relaxed);
    return place;
}

}  // namespace

// All accesses are sequentially consistent: a reader's mark and the publisher's new pointer must be seen in one order, so
// that either the reader sees the new pointer or the publisher the mark.
class PublishedTable::Guard {
  public:
    explicit Guard(const PublishedTable& table) {
        const Holder* seen = table.current_.load();
        if (seen == nullptr) return;
        for (std::size_t place = preferred_place();; ++place) {
            std::atomic<const Holder*>& mark = table.marks_[place % marks_count].looking_at;
            const Holder* free = nullptr;
            if (!mark.compare_exchange_strong(free, seen)) continue;
            mark_ = &mark;
            break;
        }
        // What is marked may have been replaced, and freed, before the mark stood.
        for (const Holder* now = table.current_.load(); now != seen; now = table.current_.load()) {
            seen = now;
            mark_->store(seen);
        }
        holder_ = seen;
    }
    ~Guard() {
        if (mark_ != nullptr) mark_->store(nullptr, std::memory_order_release);
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    const Holder* holder() const { return holder_; }

  private:
    std::atomic<const Holder*>* mark_ = nullptr;
    const Holder* holder_ = nullptr;
};

PublishedTable::~PublishedTable() {
    delete current_.load();
}

std::shared_ptr<const RouteTable> PublishedTable::current() const {
    const Guard guard(*this);
    return guard.holder() != nullptr ? guard.holder()->table : nullptr;
}

void PublishedTable::publish(std::shared_ptr<const RouteTable> table) {
    auto next = std::make_unique<const Holder>(Holder{std::move(table)});
    std::lock_guard one_at_a_time(publishing_);
    retire(current_.exchange(next.release()));
}

void PublishedTable::retire(const Holder* former) {
    for (const Mark& mark : marks_) {
        while (former != nullptr && mark.looking_at.load() == former)
            std::this_thread::yield();
    }
    delete former;
}

}  // namespace host::http
