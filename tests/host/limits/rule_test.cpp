#include "host/limits/rule.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "host/kv/request.hpp"

namespace host::limits {
namespace {

Rule rule(const std::function<void(Rule&)>& change) {
    Rule made;
    made.name = "all";
    change(made);
    return made;
}

http::Route route(const std::string& owner, const std::string& method, const std::string& pattern) {
    http::Route made;
    made.owner = owner;
    made.method = method;
    made.pattern = pattern;
    return made;
}

http::Principal principal(const std::string& id) {
    http::Principal made;
    made.id = id;
    return made;
}

TEST(Rule, ThatNamesNothingIsForAllPluginsAndNotForTheHost) {
    EXPECT_TRUE(names({}, route("notes", "GET", "/notes")));
    EXPECT_FALSE(names({}, route("host", "GET", "/healthz")));
    EXPECT_TRUE(names(rule([](Rule& r) { r.owners = {"host"}; }), route("host", "GET", "/healthz")));
}

TEST(Rule, NamesRoutesByOwnerMethodAndTemplate) {
    const Rule subject = rule([](Rule& r) {
        r.owners = {"notes"};
        r.methods = {"POST", "PUT"};
        r.routes = {"/notes", "/notes/{id}/*"};
    });
    EXPECT_TRUE(names(subject, route("notes", "POST", "/notes")));
    EXPECT_TRUE(names(subject, route("notes", "PUT", "/notes/{id}/tags")));
    EXPECT_FALSE(names(subject, route("notes", "GET", "/notes")));
    EXPECT_FALSE(names(subject, route("notes", "POST", "/notes/{id}")));
    EXPECT_FALSE(names(subject, route("other", "POST", "/notes")));
}

TEST(Rule, IsDeclaredByARouteForEachOfItsCallers) {
    http::Route subject = route("notes", "POST", "/notes");
    subject.operation_id = "create_note";
    EXPECT_EQ(declared_by(subject), std::nullopt);
    subject.limit_calls = 7;
    subject.limit_window = std::chrono::seconds(30);
    const std::optional<Rule> declared = declared_by(subject);
    ASSERT_NE(declared, std::nullopt);
    EXPECT_EQ(declared->name, "notes_create_note");
    EXPECT_EQ(declared->limit, 7U);
    EXPECT_EQ(declared->window, std::chrono::seconds(30));
    EXPECT_EQ(declared->counts, Counts::Caller);
    EXPECT_TRUE(names(*declared, subject));
    EXPECT_FALSE(names(*declared, route("notes", "GET", "/notes")));
    EXPECT_FALSE(names(*declared, route("other", "POST", "/notes")));
}

TEST(Rule, ConcernsKnownCallersOrAnonymousOnesOrBoth) {
    const http::Principal alice = principal("usr_alice");
    EXPECT_TRUE(concerns(rule([](Rule& r) { r.callers = Callers::All; }), nullptr));
    EXPECT_TRUE(concerns(rule([](Rule& r) { r.callers = Callers::Known; }), &alice));
    EXPECT_FALSE(concerns(rule([](Rule& r) { r.callers = Callers::Known; }), nullptr));
    EXPECT_FALSE(concerns(rule([](Rule& r) { r.callers = Callers::Anonymous; }), &alice));
}

TEST(Rule, CountsACallerByItsPrincipalElseByItsAddress) {
    const TrustedProxies none({});
    const http::Route notes = route("notes", "GET", "/notes");
    http::Request request;
    request.peer = "192.0.2.1:1000";
    const http::Principal alice = principal("usr_alice"), bob = principal("usr_bob");
    const Rule subject = rule([](Rule& r) { r.name = "all"; });
    EXPECT_NE(key_of(subject, notes, &alice, request, none), key_of(subject, notes, &bob, request, none));
    const std::string anonymous = key_of(subject, notes, nullptr, request, none);
    request.peer = "192.0.2.1:2000";
    EXPECT_EQ(key_of(subject, notes, nullptr, request, none), anonymous) << "another connection";
    const http::Principal disguised = principal("192.0.2.1");
    EXPECT_NE(key_of(subject, notes, &disguised, request, none), anonymous);
    request.peer = "192.0.2.2:2000";
    EXPECT_NE(key_of(subject, notes, nullptr, request, none), anonymous);
    const Rule together = rule([](Rule& r) {
        r.name = "all";
        r.counts = Counts::Together;
    });
    EXPECT_EQ(key_of(together, notes, &alice, request, none), key_of(together, notes, nullptr, request, none));
    const Rule address = rule([](Rule& r) {
        r.name = "all";
        r.counts = Counts::Address;
    });
    EXPECT_EQ(key_of(address, notes, &alice, request, none), key_of(address, notes, &bob, request, none));
}

TEST(Rule, CountsRoutesTogetherOrEachByItself) {
    const TrustedProxies none({});
    http::Request request;
    request.peer = "192.0.2.1:1000";
    const http::Route one = route("notes", "GET", "/notes"), two = route("notes", "POST", "/notes");
    const Rule together = rule([](Rule& r) { r.name = "all"; });
    const Rule each = rule([](Rule& r) {
        r.name = "all";
        r.each_route = true;
    });
    EXPECT_EQ(key_of(together, one, nullptr, request, none), key_of(together, two, nullptr, request, none));
    EXPECT_NE(key_of(each, one, nullptr, request, none), key_of(each, two, nullptr, request, none));
}

TEST(Rule, MakesNoKeyThatTheStoreRefuses) {
    http::Request request;
    const http::Principal longwinded = principal(std::string(100'000, 'x'));
    const Rule subject = rule([](Rule& r) {
        r.name = std::string(64, 'r');
        r.each_route = true;
    });
    const std::string key =
        key_of(subject, route("notes", "GET", "/" + std::string(4000, 'p')), &longwinded, request, TrustedProxies({}));
    EXPECT_LE(key.size(), kv::key_bytes_max);
}

TEST(Rule, SaysWhatPassesUncounted) {
    EXPECT_TRUE(passes_uncounted(rule([](Rule& r) { r.when_away = WhenAway::Reads; }), "GET"));
    EXPECT_FALSE(passes_uncounted(rule([](Rule& r) { r.when_away = WhenAway::Reads; }), "POST"));
    EXPECT_TRUE(passes_uncounted(rule([](Rule& r) { r.when_away = WhenAway::Open; }), "POST"));
    EXPECT_FALSE(passes_uncounted(rule([](Rule& r) { r.when_away = WhenAway::Closed; }), "GET"));
}

}  // namespace
}  // namespace host::limits
