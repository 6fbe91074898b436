#include "host/events/store.hpp"

#include <optional>

#include "host/database/statement.hpp"

namespace host::events {

using database::integer_at;
using database::is_null_at;
using database::Rows;
using database::run;
using database::Statement;
using database::text_at;

namespace {

// What all topics of the pattern begin with; empty for a pattern that is a topic.
std::string prefix_of(const std::string& pattern) {
    return pattern.ends_with(".*") ? pattern.substr(0, pattern.size() - 1) : "";
}

std::pair<std::vector<std::string>, std::vector<std::string>> columns_of(const Store::Names& names) {
    std::pair<std::vector<std::string>, std::vector<std::string>> columns;
    for (const auto& [plugin, name] : names) {
        columns.first.push_back(plugin);
        columns.second.push_back(name);
    }
    return columns;
}

}  // namespace

EventPointer event_at(const Rows& rows, std::size_t row) {
    auto event = std::make_shared<Event>();
    event->seq = integer_at(rows, row, 0);
    event->id = text_at(rows, row, 1);
    event->source = text_at(rows, row, 2);
    event->topic = text_at(rows, row, 3);
    event->key = text_at(rows, row, 4);
    event->payload = text_at(rows, row, 5);
    event->at_us = integer_at(rows, row, 6);
    return event;
}

void Store::declare(const Subscriber& subscriber) {
    std::vector<std::string> names;
    for (const Subscription& subscription : subscriber.subscriptions) {
        if (!subscription.durable) continue;
        names.push_back(subscription.name);
        Statement statement(
            "insert into event_subscription (plugin, name, pattern) values ($1, $2, $3)"
            " on conflict (plugin, name) do update set pattern = excluded.pattern, retired = false");
        run(client_, statement.text(subscriber.plugin).text(subscription.name).text(subscription.pattern).idempotent());
    }
    Statement retire(
        "update event_subscription set retired = true, host = null where plugin = $1 and name <> all($2::text[])"
        " and not retired");
    run(client_, retire.text(subscriber.plugin).texts(names).idempotent());
}

void Store::free_all() {
    Statement statement("update event_subscription set host = null, lease_until = null where host is not null");
    run(client_, statement.idempotent());
}

std::vector<ClaimedSubscription> Store::claim(const Names& names, std::chrono::milliseconds lease) {
    const auto [plugins, subscriptions] = columns_of(names);
    Statement statement(
        "update event_subscription s set host = $3, lease_until = now() + $4 * interval '1 millisecond'"
        " from unnest($1::text[], $2::text[]) as w(plugin, name) where s.plugin = w.plugin and s.name = w.name"
        " and not retired and (host is null or host = $3)"
        " returning s.plugin, s.name, from_transaction::text, to_transaction::text, seq, attempt");
    const Rows rows =
        run(client_, statement.texts(plugins).texts(subscriptions).text(host_).integer(lease.count()).idempotent());
    std::vector<ClaimedSubscription> claimed;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        claimed.push_back({text_at(rows, row, 0),
                           text_at(rows, row, 1),
                           {text_at(rows, row, 2), text_at(rows, row, 3), integer_at(rows, row, 4)},
                           static_cast<std::uint32_t>(integer_at(rows, row, 5))});
    }
    return claimed;
}

std::vector<core::Heartbeat> Store::heartbeats(const Names& names) {
    const auto [plugins, subscriptions] = columns_of(names);
    Statement statement(
        "select s.plugin || '/' || s.name, coalesce(lease_until, 'epoch'), coalesce(lease_until < now(), true)"
        " from event_subscription s join unnest($1::text[], $2::text[]) as w(plugin, name) using (plugin, name)"
        " where host is not null and host <> $3");
    const Rows rows = run(client_, statement.texts(plugins).texts(subscriptions).text(host_).idempotent());
    std::vector<core::Heartbeat> beats;
    for (std::size_t row = 0; row < rows.size(); ++row)
        beats.push_back({text_at(rows, row, 0), integer_at(rows, row, 1), integer_at(rows, row, 2) != 0});
    return beats;
}

std::size_t Store::free(const std::vector<core::Heartbeat>& silent) {
    std::vector<std::string> of;
    std::vector<std::int64_t> beats;
    for (const core::Heartbeat& each : silent) {
        of.push_back(each.of);
        beats.push_back(each.lease_until_us);
    }
    // One that has spoken meanwhile keeps it, and so does who has taken it meanwhile.
    Statement statement(
        "update event_subscription s set host = null, lease_until = null"
        " from unnest($1::text[], $2::bigint[]) as d(subscription, beat) where s.plugin || '/' || s.name = d.subscription"
        " and host is not null and host <> $3"
        " and coalesce(lease_until, 'epoch') = timestamptz 'epoch' + d.beat * interval '1 microsecond'");
    return run(client_, statement.texts(of).integers(beats).text(host_).idempotent()).affected();
}

void Store::release(const Names& names) {
    const auto [plugins, subscriptions] = columns_of(names);
    Statement statement(
        "with released as (update event_subscription s set host = null, lease_until = null"
        "  from unnest($1::text[], $2::text[]) as w(plugin, name) where s.plugin = w.plugin and s.name = w.name and host = $3"
        "  returning 1) select pg_notify('gantry_event', 'released') from released limit 1");
    run(client_, statement.texts(plugins).texts(subscriptions).text(host_).idempotent());
}

Position Store::present() {
    Statement statement("select pg_snapshot_xmin(pg_current_snapshot())::text");
    const std::string now = text_at(run(client_, statement.idempotent()), 0, 0);
    return {now, now, 0};
}

Read Store::read(Position position, const std::string& pattern, std::size_t limit) {
    const bool is_rest = position.from != position.to;
    bool more_soon = false;
    if (!is_rest) {
        // The next window: what has ended since. Its first number spares the read a search from the beginning.
        Statement open(
            "select h.horizon::text, i.first, i.last, exists (select from event where transaction >= h.horizon), o.first"
            " from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) h"
            " cross join lateral (select min(seq) as first, max(seq) as last from event"
            "  where transaction >= $1::xid8 and transaction < h.horizon) i"
            " left join lateral (select min(seq) as first from event"
            "  where transaction >= h.horizon and i.first is not null) o on true");
        const Rows rows = run(client_, open.text(position.to).idempotent());
        std::string to = text_at(rows, 0, 0);
        more_soon = integer_at(rows, 0, 3) != 0;
        if (is_null_at(rows, 0, 1)) return {{}, position, {to, to, 0}, more_soon};
        if (!is_null_at(rows, 0, 4) && integer_at(rows, 0, 4) < integer_at(rows, 0, 2))
            to = this->cut({position.to, to, 0}, integer_at(rows, 0, 4));
        position = {position.to, to, integer_at(rows, 0, 1) - 1};
    }
    Statement statement(
        "select seq, id, source, topic, key, payload, at from event"
        " where seq > $1 and transaction >= $2::xid8 and transaction < $3::xid8"
        " and ($4 = '*' or topic = $4 or ($5 <> '' and starts_with(topic, $5))) order by seq limit $6");
    statement.integer(position.seq).text(position.from).text(position.to).text(pattern).text(prefix_of(pattern));
    const Rows rows = run(client_, statement.integer(static_cast<std::int64_t>(limit)).idempotent());
    const Position end{position.to, position.to, 0};
    // What lies behind this window has not been looked at.
    if (is_rest && rows.size() == 0) return this->read(end, pattern, limit);
    Read read{{}, position, end, more_soon};
    for (std::size_t row = 0; row < rows.size(); ++row)
        read.events.push_back(event_at(rows, row));
    if (read.events.size() == limit) {
        read.after = position;
        read.after.seq = read.events.back()->seq;
    }
    return read;
}

// Where the window must end so that all numbers in it are lower than all behind it, `behind` being the lowest that lies
// behind the whole of it: what a transaction has published after another, which began later, had committed, waits until the
// other's may be read as well.
std::string Store::cut(const Position& window, std::int64_t behind) {
    Statement statement(
        "select transaction::text from ("
        " select transaction,"
        "  max(last) over (order by transaction rows between unbounded preceding and 1 preceding) as before,"
        "  min(first) over (order by transaction rows between current row and unbounded following) as after"
        " from (select transaction, min(seq) as first, max(seq) as last from event"
        "  where transaction >= $1::xid8 and transaction < $2::xid8 group by transaction) t"
        ") w where before is null or before < least(after, $3) order by transaction desc limit 1");
    statement.text(window.from).text(window.to).integer(behind);
    return text_at(run(client_, statement.idempotent()), 0, 0);
}

bool Store::save(const Progress& progress) {
    Statement statement(
        "with saved as (update event_subscription set from_transaction = $4::xid8, to_transaction = $5::xid8, seq = $6,"
        "  attempt = $7, error = nullif($8, ''), delivered = delivered + case"
        "   when (from_transaction, to_transaction, seq) = ($4::xid8, $5::xid8, $6) then 0 else $9 end"
        "  where plugin = $1 and name = $2 and host = $3 returning 1"
        "), buried as ("
        " insert into event_dead (plugin, subscription, seq, event, topic, key, payload, attempts, error)"
        "  select $1, $2, $10::bigint, $11::text, $12::text, $13::text, $14::bytea, $15::int, $8 from saved"
        "  where $10::bigint is not null on conflict do nothing"
        ") select count(*) from saved");
    const ClaimedSubscription& place = progress.place;
    statement.text(place.plugin).text(place.name).text(host_);
    statement.text(place.position.from).text(place.position.to).integer(place.position.seq);
    statement.integer(place.attempt).text(progress.error).integer(static_cast<std::int64_t>(progress.delivered));
    const Event event = progress.dead ? *progress.dead->event : Event{};
    statement.optional_integer(progress.dead ? std::optional<std::int64_t>(event.seq) : std::nullopt);
    statement.text(event.id).text(event.topic).text(event.key).bytes(event.payload);
    statement.integer(progress.dead ? progress.dead->attempts : 0);
    return integer_at(run(client_, statement.idempotent()), 0, 0) == 1;
}

std::size_t Store::clean(std::chrono::milliseconds keep) {
    Statement dead("delete from event_dead where at < now() - $1 * interval '1 millisecond'");
    run(client_, dead.integer(keep.count()).idempotent());
    Statement statement(
        "delete from event where seq in (select seq from event where at < now() - $1 * interval '1 millisecond'"
        " order by seq limit 10000)");
    return run(client_, statement.integer(keep.count()).idempotent()).affected();
}

}  // namespace host::events
