#include "host/secrets/table.hpp"

#include <future>
#include <utility>

#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"

namespace host::secrets {

namespace {

gantry_value text(const std::string& value) {
    gantry_value out{};
    out.type = GANTRY_VALUE_TEXT;
    out.as.text = {value.data(), value.size()};
    return out;
}

gantry_value bytes(const std::string& value) {
    gantry_value out{};
    out.type = GANTRY_VALUE_BYTES;
    out.as.bytes = {value.data(), value.size()};
    return out;
}

std::string text_at(const database::Rows& rows, std::size_t row, std::size_t column) {
    const gantry_value& cell = rows.cell(row, column);
    return cell.as.text.size == 0 ? std::string() : std::string(cell.as.text.data, cell.as.text.size);
}

std::string bytes_at(const database::Rows& rows, std::size_t row, std::size_t column) {
    const gantry_value& cell = rows.cell(row, column);
    if (cell.as.bytes.size == 0) return {};
    return {static_cast<const char*>(cell.as.bytes.data), cell.as.bytes.size};
}

Table::Row wrapping_at(const database::Rows& rows, std::size_t row) {
    return {{text_at(rows, row, 0), text_at(rows, row, 1)}, {text_at(rows, row, 2), bytes_at(rows, row, 3), {}}, {}};
}

}  // namespace

database::Outcome Table::run(const std::string& sql, const std::vector<gantry_value>& parameters, bool repeatable) {
    if (core::thread_kind() == core::ThreadKind::Worker) {
        throw core::Error(core::Code::InvalidArgument, "a secret cannot be waited for on an event loop");
    }
    database::Query query;
    query.sql = sql;
    query.parameters = std::vector<database::Value>(parameters.begin(), parameters.end());
    query.idempotent = repeatable;
    const auto promise = std::make_shared<std::promise<database::Outcome>>();
    std::future<database::Outcome> future = promise->get_future();
    client_->query(std::move(query), [promise](database::Outcome&& outcome) { promise->set_value(std::move(outcome)); });
    database::Outcome outcome = future.get();
    if (outcome.error) throw core::Error(*outcome.error);
    return outcome;
}

std::optional<Envelope> Table::find(const Place& place) {
    const database::Outcome found =
        run("select owner, name, key_id, wrapped_key, sealed from gantry.secret where owner = $1 and name = $2",
            {text(place.owner), text(place.name)}, true);
    if (found.rows.size() == 0) return std::nullopt;
    Envelope envelope = wrapping_at(found.rows, 0).envelope;
    envelope.sealed = bytes_at(found.rows, 0, 4);
    return envelope;
}

std::string Table::mark(const Place& place) {
    const database::Outcome found =
        run("select encode(sha256(sealed), 'hex') from gantry.secret where owner = $1 and name = $2",
            {text(place.owner), text(place.name)}, true);
    return found.rows.size() == 0 ? std::string() : text_at(found.rows, 0, 0);
}

void Table::put(const Place& place, const Envelope& envelope) {
    run("insert into gantry.secret (owner, name, key_id, wrapped_key, sealed) values ($1, $2, $3, $4, $5) "
        "on conflict (owner, name) do update set key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, "
        "sealed = excluded.sealed, updated_at = now()",
        {text(place.owner), text(place.name), text(envelope.key_id), bytes(envelope.wrapped_key), bytes(envelope.sealed)},
        true);
}

bool Table::remove(const Place& place) {
    return run("delete from gantry.secret where owner = $1 and name = $2", {text(place.owner), text(place.name)}, false)
               .rows.affected() > 0;
}

std::vector<Table::Row> Table::list() {
    const database::Outcome found =
        run("select owner, name, key_id, to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
            "from gantry.secret order by owner, name",
            {}, true);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        rows.push_back({{text_at(found.rows, i, 0), text_at(found.rows, i, 1)},
                        {text_at(found.rows, i, 2), {}, {}},
                        text_at(found.rows, i, 3)});
    }
    return rows;
}

std::vector<Table::Row> Table::wrapped_otherwise(const std::string& key_id, const Place& after) {
    const database::Outcome found =
        run("select owner, name, key_id, wrapped_key from gantry.secret "
            "where key_id <> $1 and (owner, name) > ($2, $3) order by owner, name limit 100",
            {text(key_id), text(after.owner), text(after.name)}, true);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < found.rows.size(); ++i)
        rows.push_back(wrapping_at(found.rows, i));
    return rows;
}

bool Table::replace_wrapping(const Row& row, const Envelope& envelope) {
    return run("update gantry.secret set key_id = $1, wrapped_key = $2 where owner = $3 and name = $4 and wrapped_key = $5",
               {text(envelope.key_id), bytes(envelope.wrapped_key), text(row.place.owner), text(row.place.name),
                bytes(row.envelope.wrapped_key)},
               true)
               .rows.affected() > 0;
}

std::vector<std::string> Table::key_ids() {
    const database::Outcome found = run("select distinct key_id from gantry.secret", {}, true);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < found.rows.size(); ++i)
        ids.push_back(text_at(found.rows, i, 0));
    return ids;
}

}  // namespace host::secrets
