#include "host/events/events.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/ids.hpp"
#include "host/core/thread_kind.hpp"
#include "host/database/statement.hpp"

namespace host::events {

using core::Code;
using core::Error;
using database::Statement;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t id_bytes_max = 100;
constexpr std::size_t key_bytes_max = 256;
constexpr std::size_t follow_batch_max = 500;
constexpr auto clean_interval = 60s;
constexpr auto pool_patience = 50ms;

}  // namespace

Events::Events(Settings settings, database::Database& database, core::ThreadPool& pool, log::Logger logger)
    : settings_(settings),
      database_(database),
      logger_(std::move(logger)),
      local_(pool, settings_.local_queue_max, logger_, [this] { wake(&Agenda::work); }),
      deliveries_(settings_, pool, logger_, [this] { wake(&Agenda::work); }) {}

Events::~Events() {
    stop();
}

void Events::start() {
    client_ = database_.client("gantry");
    store_.emplace(*client_, core::sortable_id());
    admin_.emplace(*client_);
    // Whoever else worked on the host's own server has died with it.
    if (database_.is_private()) store_->free_all();
    followed_ = store_->present();
    group_.emplace(
        // Of two statements at once the second could get the lower numbers, and who publishes does not wait for one event
        // before the next.
        database::GroupCommit<Waiting>::Limits{
            .waiting_max = settings_.publish_queue_max, .setting = "events.publish_queue_max", .under_way_max = 1},
        [this](const auto& batch, database::Completion done) { client_->query(statement_for(*batch), std::move(done)); },
        [this](const auto& batch, database::Outcome& outcome) { finish(batch, outcome); });
    subscription_ = database_.listener().listen("gantry_event", [this](const std::string& payload) {
        if (payload == "released") deliveries_.claim_soon();
        wake(&Agenda::look);
    });
    thread_ = std::thread([this] { run(); });
}

void Events::close() {
    deliveries_.close();
}

bool Events::drain(Clock::time_point deadline) {
    deliveries_.close();
    return deliveries_.wait_idle(deadline);
}

void Events::stop() {
    deliveries_.close();
    subscription_.reset();
    if (thread_.joinable()) {
        wake(&Agenda::stopping);
        thread_.join();
    }
    if (client_) client_->abandon();
}

void Events::wake(bool Agenda::*what) {
    std::lock_guard lock(mutex_);
    agenda_.*what = true;
    woken_.notify_one();
}

void Events::activate(SubscriberPointer subscriber) {
    local_.activate(subscriber);
    deliveries_.activate(subscriber);
    std::lock_guard lock(mutex_);
    declarations_.add(std::move(subscriber));
    woken_.notify_one();
}

void Events::retire(const SubscriberPointer& subscriber) {
    local_.retire(*subscriber);
    deliveries_.retire(*subscriber);
    std::lock_guard lock(mutex_);
    declarations_.remove(subscriber);
    agenda_.work = true;
    woken_.notify_one();
}

Event Events::completed(Event event) const {
    if (!is_topic(event.topic)) {
        throw Error{Code::InvalidArgument,
                    "a topic is two or more words of [a-z0-9_-] with dots between them, \"notes.created\""};
    }
    if (!event.topic.starts_with(event.source + ".")) {
        throw Error{Code::Denied,
                    "the plugin " + event.source + " may publish " + event.source + ".* only, not " + event.topic};
    }
    if (event.id.size() > id_bytes_max || event.key.size() > key_bytes_max) {
        throw Error{Code::InvalidArgument, "the id of an event is at most " + std::to_string(id_bytes_max) +
                                               " bytes long and its key " + std::to_string(key_bytes_max)};
    }
    // It travels on in lines of text, to clients that listen to events.
    if (std::any_of(event.id.begin(), event.id.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        throw Error{Code::InvalidArgument, "the id of an event has no control characters"};
    if (event.payload.size() > settings_.payload_bytes_max) {
        throw Error{Code::InvalidArgument, "the payload of an event is " + std::to_string(event.payload.size()) +
                                               " bytes long but events.payload_bytes_max is " +
                                               std::to_string(settings_.payload_bytes_max)};
    }
    if (event.id.empty()) event.id = "evt_" + core::sortable_id();
    return event;
}

void Events::publish(Event event, PublishDone done) {
    if (!group_) throw Error{Code::Unavailable, "events are not served yet"};
    const std::size_t bytes = event.payload.size();
    group_->add({completed(std::move(event)), std::move(done)}, bytes);
}

void Events::publish_local(Event event) {
    ++published_local_;
    if (!local_.wanted()) {
        (void)completed(std::move(event));
        return;
    }
    Event own = completed(std::move(event));
    own.at_us = core::wall_us();
    local_.publish(std::make_shared<const Event>(std::move(own)));
}

// One id is one event of its source, however often it is published.
database::Query Events::statement_for(const std::vector<Waiting>& batch) {
    std::vector<std::string> ids, sources, topics, keys, payloads;
    for (const Waiting& each : batch) {
        ids.push_back(each.event.id);
        sources.push_back(each.event.source);
        topics.push_back(each.event.topic);
        keys.push_back(each.event.key);
        payloads.push_back(each.event.payload);
    }
    Statement statement(
        "insert into event (id, source, topic, key, payload)"
        " select id, source, topic, key, payload from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])"
        "  with ordinality as e(id, source, topic, key, payload, place) order by place on conflict do nothing");
    statement.texts(ids).texts(sources).texts(topics).texts(keys).byte_texts(payloads);
    return statement.idempotent().take();
}

void Events::finish(const std::vector<Waiting>& batch, const database::Outcome& outcome) {
    if (!outcome.error) published_ += batch.size();
    for (const Waiting& each : batch)
        each.done(outcome.error ? &*outcome.error : nullptr);
}

database::Query Events::within_transaction(const Event& event, std::uint64_t transaction) {
    Statement statement("select gantry.event_publish($1, $2, $3, $4, $5)");
    statement.text(event.id).text(event.source).text(event.topic).text(event.key).bytes(event.payload);
    return statement.within(transaction).take();
}

std::uint64_t Events::tap(std::function<void(const Event&)> tapped) {
    const std::uint64_t id = local_.tap(std::move(tapped));
    wake(&Agenda::look);
    return id;
}

void Events::untap(std::uint64_t tap) {
    local_.untap(tap);
}

Counts Events::counts() const {
    Counts counts;
    counts.published = published_;
    counts.published_local = published_local_;
    counts.delivered = deliveries_.delivered();
    counts.delivered_local = local_.delivered();
    counts.failed = deliveries_.failed();
    counts.dead = deliveries_.dead();
    counts.dropped = local_.dropped();
    return counts;
}

void Events::run() {
    pthread_setname_np(pthread_self(), "events");
    core::set_thread_kind(core::ThreadKind::Blocking);
    for (;;) {
        const Agenda agenda = wait();
        try {
            if (agenda.stopping) return deliveries_.release_all(*store_);
            act(agenda);
            retry_pause_ = 50ms;
        } catch (const Error& error) {
            if (agenda.stopping) {
                logger_.warn("positions could not be written: the last events come again", {{"reason", error.what()}});
                return;
            }
            logger_.warn("events wait for the database", {{"reason", error.what()}});
            retry_at_ = Clock::now() + retry_pause_;
            retry_pause_ = std::min<std::chrono::milliseconds>(2 * retry_pause_, 2s);
            look_at_ = Clock::time_point{};
            deliveries_.claim_soon();
        }
    }
}

Events::Agenda Events::wait() {
    std::unique_lock lock(mutex_);
    if (retry_at_ > Clock::now()) {
        woken_.wait_until(lock, retry_at_, [&] { return agenda_.stopping; });
    } else {
        woken_.wait_until(lock, std::min({next_tick_, look_at_, clean_at_}),
                          [&] { return agenda_.stopping || agenda_.work || agenda_.look || !declarations_.empty(); });
    }
    Agenda agenda = std::exchange(agenda_, {});
    agenda_.stopping = agenda.stopping;
    return agenda;
}

void Events::act(const Agenda& agenda) {
    const bool local_served = local_.offer_again();
    write_declarations();
    const auto now = Clock::now();
    if (agenda.look || now >= look_at_) {
        look_at_ = now + settings_.poll;
        deliveries_.look_everywhere();
        follow();
    }
    next_tick_ = deliveries_.tick(*store_);
    if (!local_served) next_tick_ = std::min(next_tick_, Clock::now() + pool_patience);
    if (now < clean_at_) return;
    const std::size_t cleaned = store_->clean(settings_.keep);
    clean_at_ = now + (cleaned == 10'000 ? std::chrono::milliseconds(100) : std::chrono::milliseconds(clean_interval));
}

void Events::write_declarations() {
    std::unique_lock lock(mutex_);
    while (const SubscriberPointer subscriber = declarations_.first()) {
        lock.unlock();
        store_->declare(*subscriber);
        deliveries_.claim_soon();
        lock.lock();
        declarations_.remove(subscriber);
    }
}

// Durable events for those who are not: from the moment they came.
void Events::follow() {
    if (!local_.wanted()) {
        // Kept up even for nobody: who subscribes next must not miss what comes before our next look. Who subscribes while
        // we ask is asked for after it, since the answer may be of a later moment.
        const Position present = store_->present();
        if (!local_.wanted()) {
            followed_ = present;
            return;
        }
    }
    for (;;) {
        Read read = store_->read(followed_, "*", follow_batch_max);
        followed_ = read.after;
        for (EventPointer& event : read.events)
            local_.publish(std::move(event));
        if (!read.events.empty()) continue;
        if (read.more_soon) look_at_ = std::min(look_at_, Clock::now() + 5ms);
        return;
    }
}

}  // namespace host::events
