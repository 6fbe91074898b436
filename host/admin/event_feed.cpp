#include "host/admin/event_feed.hpp"

#include <utility>

#include <gantry/text.hpp>

#include "host/core/error.hpp"
#include "host/core/ids.hpp"

namespace host::admin {

namespace {

constexpr std::size_t feeds_max = 100;
// What waits for one client, beside http.stream_bytes_max in its connection.
constexpr std::size_t waiting_events_max = 1000;
constexpr std::size_t waiting_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t payload_shown_bytes_max = 64 * 1024;

std::string frame_of(const events::Event& event) {
    // The topic stands in the data: with "event:" a browser would need a listener for each topic.
    return "id: " + event.id + "\ndata: " + shown(event).dump() + "\n\n";
}

std::string loss_frame(std::uint64_t lost) {
    return "event: lost\ndata: " + Json::object({{"events", static_cast<std::int64_t>(lost)}}).dump() + "\n\n";
}

}  // namespace

Json shown(const events::Event& event) {
    Json made = Json::object({{"id", event.id}, {"topic", event.topic}, {"source", event.source}});
    made.set("key", text_or_null(event.key));
    made.set("at", time_or_null(event.at_us));
    made.set("durable", event.seq != 0);
    made.set("payload_bytes", static_cast<std::int64_t>(event.payload.size()));
    const bool shows = event.payload.size() <= payload_shown_bytes_max && gantry::is_utf8(event.payload);
    made.set("payload", shows ? Json(event.payload) : Json());
    return made;
}

// One client. The stream's callbacks hold it, and it holds the stream's exchange, until the stream ends.
class EventFeeds::Feed : public std::enable_shared_from_this<EventFeeds::Feed> {
  public:
    Feed(std::uint64_t id, Exchange exchange, std::string pattern)
        : id_(id), pattern_(std::move(pattern)), exchange_(std::move(exchange)) {}

    std::uint64_t id() const { return id_; }

    // Any thread, the publisher's above all: never waits.
    void take(const events::Event& event) {
        if (!events::matches(pattern_, event.topic)) return;
        std::string frame = frame_of(event);
        std::lock_guard lock(mutex_);
        bytes_ += frame.size();
        waiting_.push_back(std::move(frame));
        while (waiting_.size() > waiting_events_max || (bytes_ > waiting_bytes_max && waiting_.size() > 1))
            lose_oldest();
        write_on();
    }

    void begin() {
        std::lock_guard lock(mutex_);
        // So that a client knows that it listens from now on.
        waiting_.push_front(": listening\n\n");
        bytes_ += waiting_.front().size();
        full_ = false;
        write_on();
    }

    void writable() {
        std::lock_guard lock(mutex_);
        full_ = false;
        write_on();
    }

    void finish() {
        std::lock_guard lock(mutex_);
        exchange_->close(http::Outcome::Complete);
    }

  private:
    void lose_oldest() {
        bytes_ -= waiting_.front().size();
        waiting_.pop_front();
        ++lost_;
    }

    // With the lock held, which keeps the order; a write calls nobody back.
    void write_on() {
        while (!full_ && !waiting_.empty()) {
            std::string piece;
            if (lost_ > 0) piece = loss_frame(std::exchange(lost_, 0));
            bytes_ -= waiting_.front().size();
            piece += waiting_.front();
            waiting_.pop_front();
            full_ = exchange_->write(http::Bytes(std::move(piece))) != http::Write::Ok;
        }
    }

    const std::uint64_t id_;
    const std::string pattern_;
    const Exchange exchange_;
    std::mutex mutex_;
    std::deque<std::string> waiting_;
    std::size_t bytes_ = 0;
    std::uint64_t lost_ = 0;
    bool full_ = true;  // also while the head has not been sent
};

EventFeeds::~EventFeeds() {
    close();
}

void EventFeeds::open(const Exchange& exchange, const std::string& pattern) {
    const auto feed = std::make_shared<Feed>(core::next_id(), exchange, pattern);
    listen(feed);
    http::Head head(200);
    head.add_raw("Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n");
    const bool opened = exchange->open(std::move(head), {.writable = [feed] { feed->writable(); },
                                                         .closed = [this, feed](core::Code) { forget(feed->id()); }});
    // Not for HEAD, nor for a client that has left.
    if (!opened) return forget(feed->id());
    // What has come meanwhile waits in the feed.
    feed->begin();
}

void EventFeeds::listen(const std::shared_ptr<Feed>& feed) {
    std::lock_guard lock(mutex_);
    if (closed_) throw core::Error(core::Code::Unavailable, "the host is stopping");
    if (feeds_.size() >= feeds_max)
        throw core::Error(core::Code::Busy, "there are " + std::to_string(feeds_max) + " event streams already");
    const std::uint64_t tap = events_.tap([weak = std::weak_ptr<Feed>(feed)](const events::Event& event) {
        if (const auto listening = weak.lock()) listening->take(event);
    });
    feeds_.emplace(feed->id(), Listener{feed, tap});
}

void EventFeeds::close() {
    std::map<std::uint64_t, Listener> feeds;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        feeds.swap(feeds_);
    }
    for (const auto& [id, listener] : feeds) {
        events_.untap(listener.tap);
        if (const auto feed = listener.feed.lock()) feed->finish();
    }
}

std::size_t EventFeeds::count() const {
    std::lock_guard lock(mutex_);
    return feeds_.size();
}

void EventFeeds::forget(std::uint64_t id) {
    std::uint64_t tap = 0;
    {
        std::lock_guard lock(mutex_);
        const auto found = feeds_.find(id);
        if (found == feeds_.end()) return;
        tap = found->second.tap;
        feeds_.erase(found);
    }
    events_.untap(tap);
}

}  // namespace host::admin
