#include "host/http/route_table.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::http {
namespace {

using Outcome = Lookup::Outcome;

Route route(std::string method, std::string pattern, std::string owner = "notes") {
    Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.owner = std::move(owner);
    made.handle = [](const std::shared_ptr<Exchange>&) {};
    return made;
}

std::shared_ptr<const RouteTable> table_of(std::vector<std::pair<std::string, std::string>> routes) {
    RouteTableBuilder builder;
    for (auto& [method, pattern] : routes)
        builder.add(route(method, pattern));
    return std::move(builder).freeze();
}

// "/notes/{id} id=7", or what stands in the way of it.
std::string looked_up(const RouteTable& table, std::string_view method, std::string_view path) {
    const Lookup found = table.lookup(method, path);
    if (found.outcome == Outcome::NotFound) return "not found";
    if (found.outcome == Outcome::Malformed) return "malformed";
    if (found.outcome == Outcome::MethodNotAllowed) return "allow " + found.allow;
    EXPECT_EQ(table.find(method, path), found.route);
    std::string text = found.route->pattern;
    for (const Param& param : found.params)
        text += " " + std::string(param.name) + "=" + param.value;
    return text;
}

TEST(RouteTable, PrefersLiteralsToParametersToWildcards) {
    const auto table = table_of({{"GET", "/notes/search"}, {"GET", "/notes/{id}"}, {"GET", "/notes/{rest...}"}});
    EXPECT_EQ(looked_up(*table, "GET", "/notes/search"), "/notes/search");
    EXPECT_EQ(looked_up(*table, "GET", "/notes/7"), "/notes/{id} id=7");
    EXPECT_EQ(looked_up(*table, "GET", "/notes/7/8"), "/notes/{rest...} rest=7/8");
    EXPECT_EQ(looked_up(*table, "GET", "/notes/"), "/notes/{rest...} rest=");
    EXPECT_EQ(looked_up(*table, "GET", "/notes"), "not found");
}

TEST(RouteTable, GoesBackWhenTheMoreSpecificBranchEndsNowhere) {
    const auto table = table_of({{"GET", "/a/b/c"}, {"GET", "/a/{x}/d"}, {"GET", "/{y}/b/e"}, {"GET", "/a/{all...}"}});
    EXPECT_EQ(looked_up(*table, "GET", "/a/b/c"), "/a/b/c");
    EXPECT_EQ(looked_up(*table, "GET", "/a/b/d"), "/a/{x}/d x=b");
    EXPECT_EQ(looked_up(*table, "GET", "/a/b/e"), "/a/{all...} all=b/e");
    EXPECT_EQ(looked_up(*table, "GET", "/z/b/e"), "/{y}/b/e y=z");
    EXPECT_EQ(looked_up(*table, "GET", "/z/b/f"), "not found");
}

TEST(RouteTable, GoesOnToALessSpecificRouteThatHasTheMethod) {
    const auto table = table_of({{"POST", "/notes/search"}, {"GET", "/notes/{id}"}, {"DELETE", "/notes/{id}"}});
    EXPECT_EQ(looked_up(*table, "GET", "/notes/search"), "/notes/{id} id=search");
    EXPECT_EQ(looked_up(*table, "PUT", "/notes/search"), "allow DELETE, GET, HEAD, OPTIONS, POST");
    EXPECT_EQ(looked_up(*table, "PUT", "/notes/7"), "allow DELETE, GET, HEAD, OPTIONS");
}

TEST(RouteTable, NamesParametersByTheRouteOfTheMethod) {
    const auto table = table_of({{"GET", "/notes/{id}"}, {"PUT", "/notes/{key}"}});
    EXPECT_EQ(looked_up(*table, "GET", "/notes/7"), "/notes/{id} id=7");
    EXPECT_EQ(looked_up(*table, "PUT", "/notes/7"), "/notes/{key} key=7");
}

TEST(RouteTable, ServesHeadByGetUnlessThereIsAHeadRoute) {
    const auto table = table_of({{"GET", "/a"}, {"HEAD", "/b"}, {"GET", "/b"}, {"POST", "/c"}});
    EXPECT_EQ(table->lookup("HEAD", "/a").route->method, "GET");
    EXPECT_EQ(table->lookup("HEAD", "/b").route->method, "HEAD");
    EXPECT_EQ(looked_up(*table, "HEAD", "/c"), "allow OPTIONS, POST");
    EXPECT_EQ(looked_up(*table, "get", "/a"), "allow GET, HEAD, OPTIONS") << "methods are case-sensitive";
}

TEST(RouteTable, TakesATrailingSlashForAPathOfItsOwn) {
    const auto table = table_of({{"GET", "/notes"}, {"GET", "/tags/"}, {"GET", "/x/{id}"}, {"GET", "/y/{id}/"}});
    EXPECT_EQ(looked_up(*table, "GET", "/notes/"), "not found");
    EXPECT_EQ(looked_up(*table, "GET", "/tags"), "not found");
    EXPECT_EQ(looked_up(*table, "GET", "/tags/"), "/tags/");
    EXPECT_EQ(looked_up(*table, "GET", "/x/"), "not found") << "a parameter is never empty";
    EXPECT_EQ(looked_up(*table, "GET", "/x/7/"), "not found");
    EXPECT_EQ(looked_up(*table, "GET", "/y/7/"), "/y/{id}/ id=7");
    EXPECT_EQ(looked_up(*table, "GET", "/y//"), "not found");
    EXPECT_EQ(looked_up(*table, "GET", "/"), "not found");
}

TEST(RouteTable, SplitsBeforeItDecodes) {
    const auto table = table_of({{"GET", "/notes/{id}"}, {"GET", "/a/b"}, {"GET", "/files/{path...}"}});
    EXPECT_EQ(looked_up(*table, "GET", "/notes/a%2Fb"), "/notes/{id} id=a/b");
    EXPECT_EQ(looked_up(*table, "GET", "/notes/%7Bid%7D%20x"), "/notes/{id} id={id} x");
    EXPECT_EQ(looked_up(*table, "GET", "/notes/%2525"), "/notes/{id} id=%25");
    EXPECT_EQ(looked_up(*table, "GET", "/a%2Fb"), "not found");
    EXPECT_EQ(looked_up(*table, "GET", "/%61/b"), "/a/b") << "an encoded letter is the letter";
    EXPECT_EQ(looked_up(*table, "GET", "/%6eotes/7"), "/notes/{id} id=7");
    EXPECT_EQ(looked_up(*table, "GET", "/files/a%20b/c"), "/files/{path...} path=a b/c");
}

TEST(RouteTable, RefusesPathsThatCouldFoolAHandler) {
    const auto table = table_of({{"GET", "/files/{path...}"}, {"GET", "/notes/{id}"}, {"GET", "/a"}});
    for (const char* path : {"/files/../etc/passwd", "/files/%2e%2e/x", "/files/a%2f..%2fb", "/notes/..", "/notes/%2E",
                             "/notes/a%00b", "/notes/%zz", "/notes/%", "/notes/%ff", "/nowhere/%4", "/./a", "*", ""}) {
        EXPECT_EQ(looked_up(*table, "GET", path), "malformed") << path;
    }
}

TEST(RouteTable, ListsTheMethodsOfAPathAndOfAll) {
    const auto table = table_of({{"GET", "/a"}, {"PATCH", "/a"}, {"POST", "/b"}});
    EXPECT_EQ(table->allow("/a"), "GET, HEAD, OPTIONS, PATCH");
    EXPECT_EQ(table->allow("/b"), "OPTIONS, POST");
    EXPECT_EQ(table->allow("/c"), "");
    EXPECT_EQ(table->allow("/%"), "");
    EXPECT_EQ(table->allow("*"), "GET, HEAD, OPTIONS, PATCH, POST");
    EXPECT_EQ(table_of({})->allow("*"), "");
}

TEST(RouteTable, IsListedByPatternAndMethod) {
    const auto table = table_of({{"POST", "/b"}, {"GET", "/c"}, {"GET", "/b"}, {"GET", "/a/{x}"}});
    std::string listed;
    for (const Route& each : table->routes())
        listed += each.method + " " + each.pattern + "; ";
    EXPECT_EQ(listed, "GET /a/{x}; GET /b; POST /b; GET /c; ");
}

TEST(RouteTable, KeepsItsGenerationUntilItGoes) {
    auto generation = std::make_shared<int>(7);
    RouteTableBuilder builder;
    Route made = route("GET", "/a");
    // A handler that looks at its generation when it dies: the table must let go of it later.
    std::weak_ptr<int> watched = generation;
    bool outlived = false;
    made.handle = [guard = std::shared_ptr<void>(nullptr, [&, watched](void*) { outlived = !watched.expired(); })](
                      const std::shared_ptr<Exchange>&) {};
    builder.add(std::move(made));
    auto table = std::move(builder).freeze(std::move(generation));
    EXPECT_FALSE(watched.expired());
    table.reset();
    EXPECT_TRUE(watched.expired());
    EXPECT_TRUE(outlived);
}

std::string refusal_of(RouteTableBuilder& builder, Route wanted, core::Code code) {
    try {
        builder.add(std::move(wanted));
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), code);
        return error.what();
    }
    return "taken";
}

TEST(RouteTableBuilder, NamesBothOwnersAndBothPatternsOfAConflict) {
    RouteTableBuilder builder;
    builder.add(route("GET", "/notes/{id}", "notes"));
    EXPECT_EQ(refusal_of(builder, route("GET", "/notes/{key}", "memo"), core::Code::Conflict),
              "memo's GET /notes/{key} cannot be told apart from notes's GET /notes/{id}");
    EXPECT_EQ(refusal_of(builder, route("PUT", "/notes/{key}", "memo"), core::Code::Conflict), "taken");
    EXPECT_EQ(refusal_of(builder, route("GET", "/notes/{rest...}", "memo"), core::Code::Conflict), "taken");
    EXPECT_EQ(std::move(builder).freeze()->routes().size(), 3u) << "what was refused left nothing behind";
}

TEST(RouteTableBuilder, RefusesMethodsAndHandlersThatCannotBe) {
    RouteTableBuilder builder;
    for (const char* method : {"", "get", "GE T", "GET\r\n"})
        EXPECT_NE(refusal_of(builder, route(method, "/a"), core::Code::InvalidArgument), "taken");
    Route dumb = route("GET", "/a");
    dumb.handle = nullptr;
    EXPECT_EQ(refusal_of(builder, std::move(dumb), core::Code::InvalidArgument), "notes's GET /a has no handler");
}

TEST(RouteTableBuilder, RefusesAScopeThatWouldBreakOutOfTheChallenge) {
    RouteTableBuilder builder;
    for (const std::string scope : {"", "notes read", "a\"b", "a\r\nSet-Cookie: x"}) {
        Route wrong = route("GET", "/notes");
        wrong.scopes = {scope};
        EXPECT_THROW(builder.add(wrong), core::Error) << scope;
    }
}

}  // namespace
}  // namespace host::http
