#include "host/http/problem.hpp"

#include <gantry/json.hpp>

#include "host/core/clock.hpp"
#include "host/core/database_words.hpp"
#include "host/http/json_text.hpp"
#include "host/http/message.hpp"

namespace host::http {

namespace {

// What a plugin passes as details is its own text: anything but a JSON object would break the whole answer.
std::string object_or_empty(const std::string& details_json) {
    if (details_json.empty()) return "{}";
    try {
        const gantry::Json details = gantry::Json::parse(details_json);
        return details.is_object() ? details.dump() : "{}";
    } catch (const gantry::JsonError&) {
        return "{}";
    }
}

// These two are defects of ours or of a plugin: their text is for the log.
bool is_defect(core::Code code) {
    return code == core::Code::Internal || code == core::Code::Abi;
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
    json.append(json.size() > 1 ? ",\"" : "\"").append(name).append("\":");
    append_json_string(json, value);
}

}  // namespace

Problem problem_of(const core::Error& error) {
    if (core::is_of_database(error)) return problem_of(core::without_database_words(error));
    Problem problem;
    problem.status = core::http_status_of(error.code());
    problem.code = core::name_of(error.code());
    if (is_defect(error.code())) return problem;
    if (!error.name().empty()) problem.code = error.name();
    problem.detail = error.what();
    // Elsewhere `where` may be a constraint, a file or an address; none of a client's business.
    if (error.code() == core::Code::InvalidArgument && !error.where().empty()) {
        problem.details_json = "{\"field\":";
        append_json_string(problem.details_json, error.where());
        problem.details_json.push_back('}');
    }
    return problem;
}

std::string to_json(const Problem& problem, std::string_view path, std::string_view request_id) {
    const std::string_view phrase = reason_phrase(problem.status);
    const std::string_view detail = problem.detail.empty() ? phrase : std::string_view(problem.detail);
    std::string json = "{";
    json.reserve(512);
    // "about:blank": the type is the status; programs tell problems apart by "code".
    append_member(json, "type", "about:blank");
    append_member(json, "title", phrase);
    json.append(",\"status\":").append(std::to_string(problem.status));
    append_member(json, "detail", detail);
    append_member(json, "instance", path);
    json.append(",\"error\":true");
    append_member(json, "code", problem.code);
    append_member(json, "message", detail);
    json.append(",\"details\":").append(object_or_empty(problem.details_json));
    append_member(json, "timestamp", core::rfc3339(core::wall_us()));
    append_member(json, "request_id", request_id);
    json.push_back('}');
    return json;
}

}  // namespace host::http
