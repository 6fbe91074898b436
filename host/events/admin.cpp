#include "host/events/admin.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "host/core/error.hpp"
#include "host/database/statement.hpp"
#include "host/events/store.hpp"

namespace host::events {

using core::Code;
using core::Error;
using database::integer_at;
using database::Rows;
using database::run;
using database::Statement;
using database::text_at;

namespace {

constexpr std::size_t page_max = 500;

std::int64_t before_of(const std::string& cursor) {
    if (cursor.empty()) return std::numeric_limits<std::int64_t>::max();
    std::int64_t seq = 0;
    const auto read = std::from_chars(cursor.data(), cursor.data() + cursor.size(), seq);
    if (read.ec != std::errc() || read.ptr != cursor.data() + cursor.size())
        throw Error{Code::InvalidArgument, "cursor is none that a page of events gave"};
    return seq;
}

std::string prefix_of(const std::string& pattern) {
    return pattern.ends_with(".*") ? pattern.substr(0, pattern.size() - 1) : "";
}

}  // namespace

Page Admin::recent(const Filter& filter) const {
    const std::string pattern = filter.pattern.empty() ? "*" : filter.pattern;
    if (!is_pattern(pattern)) throw Error{Code::InvalidArgument, "the pattern must be a topic, \"notes.*\" or \"*\""};
    const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, page_max);
    Statement statement(
        "select seq, id, source, topic, key, payload, at from event where seq < $1"
        " and at >= timestamptz 'epoch' + $2 * interval '1 microsecond'"
        " and ($3 = '*' or topic = $3 or ($4 <> '' and starts_with(topic, $4))) order by seq desc limit $5");
    statement.integer(before_of(filter.cursor)).integer(filter.since_us).text(pattern).text(prefix_of(pattern));
    const Rows rows = run(client_, statement.integer(static_cast<std::int64_t>(limit + 1)).idempotent());
    Page page;
    for (std::size_t row = 0; row < std::min(rows.size(), limit); ++row)
        page.events.push_back(event_at(rows, row));
    if (rows.size() > limit) page.next = std::to_string(page.events.back()->seq);
    return page;
}

std::vector<SubscriptionStatus> Admin::subscriptions() const {
    Statement statement(
        "select plugin, name, pattern, coalesce(host, ''), delivered, attempt, coalesce(error, ''),"
        " (select count(*) from (select from event e where e.transaction >= s.from_transaction"
        "   and (e.transaction >= s.to_transaction or e.seq > s.seq)"
        "   and (s.pattern = '*' or e.topic = s.pattern"
        "    or (s.pattern like '%.*' and starts_with(e.topic, left(s.pattern, -1)))) limit 10000) found)"
        " from event_subscription s where not retired order by plugin, name");
    const Rows rows = run(client_, statement.idempotent());
    std::vector<SubscriptionStatus> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        SubscriptionStatus status;
        status.plugin = text_at(rows, row, 0);
        status.name = text_at(rows, row, 1);
        status.pattern = text_at(rows, row, 2);
        status.host = text_at(rows, row, 3);
        status.delivered = static_cast<std::uint64_t>(integer_at(rows, row, 4));
        status.attempt = static_cast<std::uint32_t>(integer_at(rows, row, 5));
        status.error = text_at(rows, row, 6);
        status.waiting = static_cast<std::uint64_t>(integer_at(rows, row, 7));
        all.push_back(std::move(status));
    }
    return all;
}

std::vector<DeadLetter> Admin::dead_letters(std::size_t limit) const {
    Statement statement(
        "select seq, event, plugin, topic, key, payload, at, plugin, subscription, attempts, error, at from event_dead"
        " order by at desc, seq desc limit $1");
    statement.integer(static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, page_max)));
    const Rows rows = run(client_, statement.idempotent());
    std::vector<DeadLetter> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        all.push_back({event_at(rows, row), text_at(rows, row, 7), text_at(rows, row, 8),
                       static_cast<std::uint32_t>(integer_at(rows, row, 9)), text_at(rows, row, 10),
                       integer_at(rows, row, 11)});
    }
    return all;
}

}  // namespace host::events
