#include "host/openapi/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/http/route_limit.hpp"

namespace host::openapi {
namespace {

using gantry::Json;
using http::Access;
using http::Route;
using testing::ElementsAre;

Route route(std::string method, std::string pattern, std::string operation, std::string owner = "notes") {
    Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.operation_id = std::move(operation);
    made.owner = std::move(owner);
    made.summary = "Does it";
    return made;
}

Json document_of(std::vector<Route> routes) {
    return document(routes, {"Gantry", "1.0.0", "/", {{"notes", "2.1.0", "Notes"}, {"host", "", "The host"}}});
}

const Json& at(const Json& json, std::initializer_list<std::string_view> names) {
    const Json* found = &json;
    for (const std::string_view name : names) {
        found = found->find(name);
        if (found == nullptr) throw std::logic_error("there is no " + std::string(name) + " in " + json.dump());
    }
    return *found;
}

const Json& get_operation(const Json& document, std::string_view path) {
    return at(document, {"paths", path, "get"});
}

std::vector<std::string> names_in(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.members())
        names.push_back(name);
    return names;
}

TEST(Document, SaysWhatItDescribes) {
    const Json made = document_of({route("GET", "/notes", "list")});
    EXPECT_EQ(at(made, {"openapi"}).as_string(), "3.1.0");
    EXPECT_EQ(at(made, {"info"}).dump(), R"({"title":"Gantry","version":"1.0.0","x-gantry-plugins":{"notes":"2.1.0"}})");
    EXPECT_EQ(at(made, {"servers"}).dump(), R"([{"url":"/"}])");
    EXPECT_EQ(at(made, {"tags"}).dump(), R"([{"name":"notes","description":"Notes"}])") << "only who has operations";
}

TEST(Document, LeavesOutWhatIsInternalAndMethodsThatOpenApiDoesNotKnow) {
    Route hidden = route("GET", "/hidden", "hidden");
    hidden.internal = true;
    const Json made = document_of({hidden, route("PROPFIND", "/files", "find"), route("GET", "/notes", "list")});
    EXPECT_THAT(names_in(at(made, {"paths"})), ElementsAre("/notes"));
}

class TenAMinute : public http::RouteLimit {
  public:
    void ask(const std::shared_ptr<http::Exchange>&, std::function<void(http::Allowance)> decided) override { decided({}); }
    std::vector<http::LimitPolicy> policies() const override { return {{"writes", 10, 60'000}}; }
};

TEST(Document, SaysOfALimitedRouteHowOftenItMayBeCalled) {
    Route limited = route("GET", "/limited", "limited");
    limited.limit = std::make_shared<TenAMinute>();
    const Json made = document_of({limited, route("GET", "/notes", "list")});
    const Json& operation = get_operation(made, "/limited");
    EXPECT_EQ(at(operation, {"x-gantry-rate-limits"}).dump(), R"([{"name":"writes","limit":10,"window_ms":60000}])");
    EXPECT_EQ(at(operation, {"responses", "429"}).dump(), R"({"$ref":"#/components/responses/TooManyRequests"})");
    EXPECT_NE(at(made, {"components", "responses", "TooManyRequests", "headers"}).find("Retry-After"), nullptr);
    EXPECT_EQ(at(get_operation(made, "/notes"), {"responses"}).find("429"), nullptr);
}

TEST(Document, NamesOperationsByPluginAndNeverTwice) {
    const Json made = document_of({route("GET", "/a", "b_c", "a"), route("GET", "/b", "c", "a_b"),
                                   route("GET", "/c", "c", "a_b"), route("GET", "/d/{id}", "", "a")});
    EXPECT_EQ(at(get_operation(made, "/a"), {"operationId"}).as_string(), "a_b_c");
    EXPECT_EQ(at(get_operation(made, "/b"), {"operationId"}).as_string(), "a_b_c_2");
    EXPECT_EQ(at(get_operation(made, "/c"), {"operationId"}).as_string(), "a_b_c_3");
    EXPECT_EQ(at(get_operation(made, "/d/{id}"), {"operationId"}).as_string(), "a_GET_d__id_");
}

TEST(Document, GivesPathsThatDifferOnlyInNamesOneName) {
    const Json made = document_of({route("GET", "/notes/{id}", "show"), route("PUT", "/notes/{note}", "replace")});
    EXPECT_THAT(names_in(at(made, {"paths"})), ElementsAre("/notes/{id}"));
    const Json& put = at(made, {"paths", "/notes/{id}", "put"});
    EXPECT_EQ(at(put, {"parameters"}).dump(), R"([{"name":"id","in":"path","required":true,"schema":{"type":"string"}}])");
}

TEST(Document, SaysOfAWildcardThatItTakesTheRestOfThePath) {
    const Json made = document_of({route("GET", "/files/{path...}", "file")});
    const Json& parameter = at(get_operation(made, "/files/{path}"), {"parameters"}).items().at(0);
    EXPECT_EQ(at(parameter, {"name"}).as_string(), "path");
    EXPECT_TRUE(at(parameter, {"x-gantry-rest-of-path"}).as_bool());
}

TEST(Document, ShowsTheMoreSpecificOfTwoPathsThatOpenApiCannotTellApart) {
    const Json made = document_of({route("GET", "/files/{name}", "one"), route("GET", "/files/{path...}", "deep")});
    EXPECT_EQ(at(get_operation(made, "/files/{name}"), {"operationId"}).as_string(), "notes_one");
}

TEST(Document, MakesQueryParametersOfTheProperties) {
    Route list = route("GET", "/notes", "list");
    list.parameters_schema = R"({"type":"object","required":["q"],"properties":{
        "q":{"type":"string","description":"The words"},"limit":{"$ref":"#/$defs/Limit"}},
        "$defs":{"Limit":{"type":"integer"}}})";
    const Json made = document_of({list});
    const Json& parameters = at(get_operation(made, "/notes"), {"parameters"});
    EXPECT_EQ(parameters.items().at(0).dump(), R"({"name":"q","in":"query","required":true,"description":"The words",)"
                                               R"("schema":{"type":"string","description":"The words"}})");
    EXPECT_EQ(parameters.items().at(1).dump(),
              R"({"name":"limit","in":"query","schema":{"$ref":"#/components/schemas/notes_Limit"}})");
}

TEST(Document, SaysStatusAndTypeOfASuccessAsFarAsTheRouteTells) {
    Route told = route("POST", "/notes", "create");
    told.response_status = 201;
    told.response_schema = R"({"type":"object"})";
    Route stream = route("GET", "/stream", "stream");
    stream.response_status = 200;
    stream.response_type = "text/event-stream";
    Route socket = route("GET", "/socket", "socket");
    socket.response_status = 101;
    const Json made = document_of({route("GET", "/silent", "silent"), told, stream, socket});
    EXPECT_EQ(at(get_operation(made, "/socket"), {"responses", "101"}).dump(), R"({"description":"Switching Protocols"})");
    EXPECT_EQ(at(made, {"paths", "/notes", "post", "responses", "201"}).dump(),
              R"({"description":"Created","content":{"application/json":{"schema":{"type":"object"}}}})");
    EXPECT_EQ(at(get_operation(made, "/silent"), {"responses", "2XX"}).dump(), R"({"description":"Success"})");
    EXPECT_EQ(at(get_operation(made, "/stream"), {"responses", "200"}).dump(),
              R"({"description":"OK","content":{"text/event-stream":{"schema":{"type":"string"}}}})");
}

TEST(Document, AnswersProblemsEverywhereAndRefusalsWhereSomebodyMustBeKnown) {
    Route anybody = route("GET", "/open", "open");
    Route known = route("GET", "/mine", "mine");
    known.access = Access::Authenticated;
    Route scoped = route("GET", "/all", "all");
    scoped.access = Access::Scoped;
    scoped.scopes = {"notes:read", "notes:all"};
    const Json made = document_of({anybody, known, scoped});
    EXPECT_THAT(names_in(at(get_operation(made, "/open"), {"responses"})), ElementsAre("2XX", "4XX", "5XX"));
    EXPECT_THAT(names_in(at(get_operation(made, "/mine"), {"responses"})), ElementsAre("2XX", "401", "4XX", "5XX"));
    EXPECT_THAT(names_in(at(get_operation(made, "/all"), {"responses"})), ElementsAre("2XX", "401", "403", "4XX", "5XX"));
    EXPECT_EQ(at(get_operation(made, "/open"), {"security"}).dump(), "[]");
    EXPECT_EQ(at(get_operation(made, "/mine"), {"security"}).dump(), R"([{"bearer":[]}])");
    EXPECT_EQ(at(get_operation(made, "/all"), {"security"}).dump(), R"([{"bearer":["notes:read","notes:all"]}])");
    EXPECT_EQ(at(get_operation(made, "/all"), {"x-gantry-scopes"}).dump(), R"(["notes:read","notes:all"])");
    EXPECT_EQ(at(made, {"components", "securitySchemes", "bearer", "scheme"}).as_string(), "bearer");
}

TEST(Document, SaysTheLimitsOfARouteThatHasItsOwn) {
    Route limited = route("GET", "/limited", "limited");
    limited.body_bytes_max = 1024;
    limited.deadline = std::chrono::milliseconds(1500);
    const Json made = document_of({limited});
    EXPECT_EQ(at(get_operation(made, "/limited"), {"x-gantry-body-bytes-max"}).as_integer(), 1024);
    EXPECT_EQ(at(get_operation(made, "/limited"), {"x-gantry-deadline-ms"}).as_integer(), 1500);
}

TEST(Document, DescribesEachMemberOfAProblem) {
    const Json made = document_of({route("GET", "/notes", "list")});
    EXPECT_THAT(names_in(at(made, {"components", "schemas", "Problem", "properties"})),
                ElementsAre("type", "title", "status", "detail", "instance", "error", "code", "message", "details",
                            "timestamp", "request_id"));
}

}  // namespace
}  // namespace host::openapi
