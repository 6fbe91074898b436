#include "handlers.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/text.hpp>

#include "json.hpp"
#include "schemas.hpp"

namespace notes {

using gantry::Error;
using gantry::Json;
using gantry::Request;
using gantry::Response;
using gantry::Status;
using gantry::Task;

namespace {

Error invalid(const std::string& field, const std::string& message) {
    return Error(Status::Invalid, field + " " + message)
        .code("INVALID_PARAMETER")
        .where(field)
        .details(Json::object({{"field", field}}));
}

Error not_found(std::int64_t id) {
    return Error(Status::NotFound, "there is no note " + public_id(id)).code("NOTE_NOT_FOUND");
}

std::int64_t id_of(const std::string& field, std::string_view text) {
    const std::optional<std::int64_t> id = parse_public_id(text);
    if (!id) throw invalid(field, "must look like note_7");
    return *id;
}

struct Range {
    std::int64_t least;
    std::int64_t most;
    std::int64_t otherwise;  // when the request does not say
};

std::int64_t number_of(const Request& request, const std::string& field, Range range) {
    const std::optional<std::string> text = request.query(field);
    if (!text) return range.otherwise;
    const auto number = gantry::number<std::int64_t>(*text);
    if (!number || *number < range.least || *number > range.most) {
        throw invalid(field,
                      "must be a whole number from " + std::to_string(range.least) + " to " + std::to_string(range.most));
    }
    return *number;
}

std::int64_t limit_of(const Request& request) {
    return number_of(request, "limit", {1, limit_max, limit_default});
}

std::string etag_of(const Note& note) {
    return "\"" + std::to_string(note.version) + "\"";
}

// The version that If-Match names; nothing if any will do.
std::optional<std::int64_t> expected_version(const Request& request) {
    const std::optional<std::string_view> tag = request.header("if-match");
    if (!tag || *tag == "*") return std::nullopt;
    const bool quoted = tag->size() > 2 && tag->front() == '"' && tag->back() == '"';
    const auto version = quoted ? gantry::number<std::int64_t>(tag->substr(1, tag->size() - 2)) : std::nullopt;
    if (!version) throw invalid("if-match", "must be one ETag of this note, or *");
    return version;
}

Response one(const Note& note, std::uint32_t status = 200) {
    return gantry::json(to_json(note), status).header("etag", etag_of(note));
}

Json items(const std::vector<Note>& notes) {
    Json list = Json::array();
    for (const Note& note : notes)
        list.push(to_json(note));
    return list;
}

}  // namespace

Task<Response> Handlers::create(const Request& request) const {
    const Draft draft = draft_from(request.json());
    check(draft, title_bytes_max());
    const Note note = co_await store_.insert(draft);
    co_return one(note, 201).header("location", "/notes/" + public_id(note.id));
}

Task<Response> Handlers::show(const Request& request) const {
    const std::int64_t id = id_of("id", request.param("id"));
    const std::optional<Note> note = co_await store_.find(id);
    if (!note) throw not_found(id);
    co_return one(*note);
}

Task<Response> Handlers::replace(const Request& request) const {
    const Draft draft = draft_from(request.json());
    check(draft, title_bytes_max());
    const Change wanted = replace_with(draft);
    co_return co_await update(request, wanted);
}

Task<Response> Handlers::change(const Request& request) const {
    const Change wanted = change_from(request.json());
    check(wanted, title_bytes_max());
    co_return co_await update(request, wanted);
}

Task<Response> Handlers::update(const Request& request, const Change& wanted) const {
    const std::int64_t id = id_of("id", request.param("id"));
    const std::optional<std::int64_t> expected = expected_version(request);
    const std::optional<Note> updated = co_await store_.update(id, wanted, expected);
    if (updated) co_return one(*updated);
    const std::optional<Note> present = co_await store_.find(id);
    if (!present) throw not_found(id);
    throw Error(Status::Conflict, "the note has changed: If-Match names another version than " + etag_of(*present))
        .code("NOTE_CHANGED")
        .http(412);
}

Task<Response> Handlers::remove(const Request& request) const {
    const std::int64_t id = id_of("id", request.param("id"));
    const bool removed = co_await store_.remove(id);
    if (!removed) throw not_found(id);
    co_return gantry::empty();
}

Task<Response> Handlers::list(const Request& request) const {
    const std::int64_t limit = limit_of(request);
    std::optional<std::int64_t> before;
    if (const auto cursor = request.query("cursor")) before = id_of("cursor", *cursor);
    // One more than asked for tells whether there are more.
    Found found = co_await store_.newest(before, limit + 1);
    const bool has_more = found.notes.size() > static_cast<std::size_t>(limit);
    if (has_more) found.notes.pop_back();
    Json page = Json::object({{"items", items(found.notes)}, {"total", found.total}, {"limit", limit}});
    if (has_more) page.set("next_cursor", public_id(found.notes.back().id));
    page.set("has_more", has_more);
    co_return gantry::json(page);
}

Task<Response> Handlers::search(const Request& request) const {
    const std::int64_t limit = limit_of(request);
    const std::int64_t offset = number_of(request, "offset", {0, offset_max, 0});
    const std::string words = request.query("q").value_or("");
    if (words.empty()) throw invalid("q", "is missing: the words to search for");
    if (words.find('\0') != std::string::npos) throw invalid("q", "contains the character U+0000");
    const Found found = co_await store_.search(words, limit, offset);
    const bool has_more = offset + static_cast<std::int64_t>(found.notes.size()) < found.total;
    co_return gantry::json(Json::object({{"items", items(found.notes)},
                                         {"total", found.total},
                                         {"limit", limit},
                                         {"offset", offset},
                                         {"has_more", has_more}}));
}

Task<void> Handlers::export_all(const Request& request) const {
    std::int64_t last = 0;
    // A client that lost the connection says how far it got.
    if (const auto seen = request.header("last-event-id")) last = id_of("last-event-id", *seen);
    // The first page comes before the head: a database that cannot be reached is still an honest 503.
    std::vector<Note> page = co_await store_.page_after(last, settings_.page);
    gantry::Stream out = request.stream("text/event-stream");
    while (!page.empty()) {
        for (const Note& note : page)
            co_await out.event(public_id(note.id), "note", to_json(note).dump());
        exported_.add(static_cast<double>(page.size()));
        last = page.back().id;
        page = co_await store_.page_after(last, settings_.page);
    }
    co_await out.event("", "end", "{}");
}

}  // namespace notes
