#include "store.hpp"

#include <string>
#include <utility>

#include <gantry/json.hpp>

namespace notes {

using gantry::Json;
using gantry::Row;
using gantry::Rows;
using gantry::Task;
using gantry::Timestamp;
using gantry::Transaction;

namespace {

Note note_of(const Row& row) {
    return {row.get<std::int64_t>("id"),
            row.get<std::int64_t>("version"),
            row.get<std::string>("title"),
            row.get<std::string>("body"),
            row.get<std::vector<std::string>>("tags"),
            row.get<Timestamp>("created_at").text(),
            row.get<Timestamp>("updated_at").text()};
}

std::optional<Note> first_note_of(const Rows& rows) {
    const std::optional<Row> row = rows.first();
    return row ? std::optional<Note>(note_of(*row)) : std::nullopt;
}

std::vector<Note> notes_of(const Rows& rows) {
    std::vector<Note> notes;
    notes.reserve(rows.size());
    for (const Row row : rows)
        notes.push_back(note_of(row));
    return notes;
}

// Changes of one note arrive in their order. The body is left out: it may be larger than an event should be.
gantry::PublishEvent event(const gantry::Events& events, const std::string& topic, const Note& note) {
    const std::string id = public_id(note.id);
    const Json what = Json::object({{"change", topic}, {"id", id}, {"version", note.version}, {"title", note.title}});
    return events.publish(topic, what.dump()).key(id);
}

}  // namespace

Task<Note> Store::insert(const Draft& draft) const {
    Transaction transaction = co_await database_.begin();
    const Rows rows = co_await transaction.query(
        "insert into note (title, body, tags) values ($1, $2, $3)"
        " returning id, version, title, body, tags, created_at, updated_at",
        draft.title, draft.body, draft.tags);
    const Note note = note_of(rows[0]);
    co_await event(events_, "notes.created", note).within(transaction);
    co_await transaction.commit();
    co_return note;
}

Task<std::optional<Note>> Store::find(std::int64_t id) const {
    const Rows rows =
        co_await database_.query("select id, version, title, body, tags, created_at, updated_at from note where id = $1", id)
            .idempotent();
    co_return first_note_of(rows);
}

Task<std::optional<Note>> Store::update(std::int64_t id, const Change& change, std::optional<std::int64_t> expected) const {
    Transaction transaction = co_await database_.begin();
    const Rows rows = co_await transaction.query(
        "update note set title = coalesce($2, title), body = coalesce($3, body), tags = coalesce($4, tags),"
        " version = version + 1, updated_at = now()"
        " where id = $1 and ($5::bigint is null or version = $5)"
        " returning id, version, title, body, tags, created_at, updated_at",
        id, change.title, change.body, change.tags, expected);
    const std::optional<Note> note = first_note_of(rows);
    if (!note) co_return std::nullopt;
    co_await event(events_, "notes.changed", *note).within(transaction);
    co_await transaction.commit();
    co_return note;
}

Task<bool> Store::remove(std::int64_t id) const {
    Transaction transaction = co_await database_.begin();
    const Rows rows = co_await transaction.query(
        "delete from note where id = $1 returning id, version, title, body, tags, created_at, updated_at", id);
    const std::optional<Note> note = first_note_of(rows);
    if (!note) co_return false;
    co_await event(events_, "notes.removed", *note).within(transaction);
    co_await transaction.commit();
    co_return true;
}

Task<std::int64_t> Store::forget(std::int64_t days, std::int64_t limit) const {
    Transaction transaction = co_await database_.begin();
    const Rows rows = co_await transaction.query(
        "delete from note where id in (select id from note where updated_at < now() - make_interval(days => $1::int)"
        " order by id limit $2 for update skip locked)"
        " returning id, version, title, body, tags, created_at, updated_at",
        days, limit);
    const std::vector<Note> forgotten = notes_of(rows);
    for (const Note& note : forgotten)
        co_await event(events_, "notes.removed", note).within(transaction);
    co_await transaction.commit();
    co_return static_cast<std::int64_t>(forgotten.size());
}

Task<Found> Store::newest(std::optional<std::int64_t> before, std::int64_t limit) const {
    const Rows rows = co_await database_
                          .query(
                              "select id, version, title, body, tags, created_at, updated_at from note"
                              " where $1::bigint is null or id < $1 order by id desc limit $2",
                              before, limit)
                          .idempotent();
    const Rows count = co_await database_.query("select count(*) from note").idempotent();
    co_return Found{notes_of(rows), count[0].get<std::int64_t>(0)};
}

Task<Found> Store::search(const std::string& words, std::int64_t limit, std::int64_t offset) const {
    const Rows rows = co_await database_
                          .query(
                              "select id, version, title, body, tags, created_at, updated_at"
                              " from note, websearch_to_tsquery('english', $1) as wanted where search @@ wanted"
                              " order by ts_rank(search, wanted) desc, id desc limit $2 offset $3",
                              words, limit, offset)
                          .idempotent();
    const Rows count =
        co_await database_.query("select count(*) from note where search @@ websearch_to_tsquery('english', $1)", words)
            .idempotent();
    co_return Found{notes_of(rows), count[0].get<std::int64_t>(0)};
}

Task<std::vector<Note>> Store::page_after(std::int64_t after, std::int64_t limit) const {
    const Rows rows = co_await database_
                          .query(
                              "select id, version, title, body, tags, created_at, updated_at from note"
                              " where id > $1 order by id limit $2",
                              after, limit)
                          .idempotent();
    co_return notes_of(rows);
}

}  // namespace notes
