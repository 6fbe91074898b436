#include "host/admin/event_routes.hpp"

#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "host/admin/answers.hpp"
#include "host/admin/schemas.hpp"
#include "host/core/error.hpp"

namespace host::admin {

namespace {

using core::Code;
using core::Error;

const char* const event = R"({"type":"object","properties":{
"id":{"type":"string"},"topic":{"type":"string"},"source":{"type":"string","description":"The plugin that said it"},
"key":{"type":["string","null"],"description":"Events of one topic and key come in their order"},
"at":{"type":["string","null"],"format":"date-time"},
"durable":{"type":"boolean"},"payload_bytes":{"type":"integer"},
"payload":{"type":["string","null"],"description":"Null if it is no text or more than 64 KiB"}}})";

const char* const subscription = R"({"type":"object","properties":{
"plugin":{"type":"string"},"name":{"type":"string"},"pattern":{"type":"string"},
"host":{"type":["string","null"],"description":"That delivers; null: none at present"},
"delivered":{"type":"integer"},
"waiting":{"type":"integer","description":"Its lag: events that match and are not delivered, counted to 10,000"},
"attempt":{"type":"integer","description":"Failures of the next event"},
"error":{"type":["string","null"]}}})";

const char* const filter_parameters = R"({"type":"object","properties":{
"topic":{"type":"string","description":"notes.created, notes.* or *"},
"since":{"type":"string","format":"date-time","description":"Events from then on"},
"limit":{"type":"integer","minimum":1,"maximum":500,"default":50},
"cursor":{"type":"string","description":"next_cursor of the page before"}}})";

const char* const stream_parameters = R"({"type":"object","properties":{
"topic":{"type":"string","description":"notes.created, notes.* or *"}}})";

const char* const dead_parameters = R"({"type":"object","properties":{
"limit":{"type":"integer","minimum":1,"maximum":500,"default":50}}})";

std::string dead_letter_schema() {
    return std::string(R"({"type":"object","properties":{"event":)") + event +
           R"(,"plugin":{"type":"string"},"subscription":{"type":"string"},"attempts":{"type":"integer"},)"
           R"("error":{"type":"string"},"at":{"type":["string","null"],"format":"date-time"}}})";
}

std::string dead_letters_schema() {
    return R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":)" + dead_letter_schema() +
           "}}}";
}

// Digits at a place of the text; nothing if there is something else.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (text.size() < at + count) return std::nullopt;
    int number = 0;
    const char* end = text.data() + at + count;
    const auto read = std::from_chars(text.data() + at, end, number);
    return read.ec == std::errc() && read.ptr == end && number >= 0 ? std::optional<int>(number) : std::nullopt;
}

// RFC 3339 in UTC: "2026-02-03T04:05:06Z", with any fraction of a second, which does not count.
std::optional<std::int64_t> microseconds_of(std::string_view text) {
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || text.back() != 'Z') return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
    const std::string_view fraction = text.substr(19, text.size() - 20);
    if (!fraction.empty() && (fraction[0] != '.' || fraction.find_first_not_of("0123456789", 1) != fraction.npos))
        return std::nullopt;
    using std::chrono::year_month_day;
    const year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto time = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                      std::chrono::seconds(*second);
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

std::int64_t since_of(const http::Exchange& exchange) {
    const std::string text = query_text(exchange, "since");
    if (text.empty()) return 0;
    if (const auto since = microseconds_of(text)) return *since;
    throw Error(Code::InvalidArgument, "since must be a time as 2026-02-03T04:05:06Z");
}

std::string pattern_of(const http::Exchange& exchange) {
    std::string pattern = query_text(exchange, "topic");
    if (pattern.empty()) return "*";
    if (!events::is_pattern(pattern)) throw Error(Code::InvalidArgument, "topic must be a topic, \"notes.*\" or \"*\"");
    return pattern;
}

void list_events(http::Exchange& exchange, const events::Admin& admin) {
    const events::Filter filter{pattern_of(exchange), since_of(exchange), query_text(exchange, "cursor"),
                                page_limit(exchange)};
    const events::Page page = admin.recent(filter);
    std::vector<Json> items;
    for (const events::EventPointer& each : page.events)
        items.push_back(shown(*each));
    send_json(exchange, cursor_page(std::move(items), filter.limit, page.next));
}

Json shown_status(const events::SubscriptionStatus& status) {
    Json made = Json::object({{"plugin", status.plugin}, {"name", status.name}, {"pattern", status.pattern}});
    made.set("host", text_or_null(status.host));
    made.set("delivered", static_cast<std::int64_t>(status.delivered));
    made.set("waiting", static_cast<std::int64_t>(status.waiting));
    made.set("attempt", static_cast<std::int64_t>(status.attempt));
    made.set("error", text_or_null(status.error));
    return made;
}

void list_dead_letters(http::Exchange& exchange, const events::Admin& admin) {
    Json items = Json::array();
    for (const events::DeadLetter& letter : admin.dead_letters(page_limit(exchange))) {
        Json made = Json::object({{"event", shown(*letter.event)}, {"plugin", letter.plugin}});
        made.set("subscription", letter.subscription);
        made.set("attempts", static_cast<std::int64_t>(letter.attempts));
        made.set("error", letter.error);
        made.set("at", time_or_null(letter.at_us));
        items.push(std::move(made));
    }
    send_json(exchange, Json::object({{"items", std::move(items)}}));
}

void add_reading(std::vector<http::Route>& routes, events::Events* events) {
    http::Route list = route({"GET", "/api/v1/events", "list_events", "Durable events, the newest first", read_scope},
                             [events](const Exchange& exchange) { list_events(*exchange, events->admin()); });
    list.parameters_schema = filter_parameters;
    routes.push_back(answering(std::move(list), cursor_page_schema(event)));
    routes.push_back(answering(route({"GET", "/api/v1/events/subscriptions", "list_event_subscriptions",
                                      "Who is told of events durably, and how far behind", read_scope},
                                     [events](const Exchange& exchange) {
                                         std::vector<Json> all;
                                         for (const events::SubscriptionStatus& status : events->admin().subscriptions())
                                             all.push_back(shown_status(status));
                                         send_json(*exchange, page_of(*exchange, all));
                                     }),
                               offset_page_schema(subscription)));
    http::Route dead = route({"GET", "/api/v1/events/dead-letters", "list_dead_letters",
                              "Deliveries that were given up, the newest first", read_scope},
                             [events](const Exchange& exchange) { list_dead_letters(*exchange, events->admin()); });
    dead.parameters_schema = dead_parameters;
    routes.push_back(answering(std::move(dead), dead_letters_schema()));
}

}  // namespace

std::vector<http::Route> event_routes(events::Events* events, EventFeeds* feeds) {
    std::vector<http::Route> routes;
    add_reading(routes, events);
    http::Route stream =
        route({"GET", "/api/v1/events/stream", "stream_events",
               "Events as they come (SSE), durable or not; a slow client is told how many it has lost", read_scope},
              [feeds](const Exchange& exchange) { feeds->open(exchange, pattern_of(*exchange)); });
    stream.parameters_schema = stream_parameters;
    stream.response_type = "text/event-stream";
    stream.response_status = 200;
    routes.push_back(std::move(stream));
    return routes;
}

}  // namespace host::admin
