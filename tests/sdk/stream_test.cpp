#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Streams {
  public:
    explicit Streams(gantry::Host host) : host_(host) {}
    void routes(gantry::Routes<Streams>& routes) {
        routes.get("/count", &Streams::count);
        routes.get("/events", &Streams::events);
        routes.get("/fails", &Streams::fails);
    }

  private:
    Task<void> count(const Request& request) const {
        gantry::Stream out = request.stream("text/plain", 206);
        for (int i = 0; i < 1000; ++i)
            co_await out.write(std::to_string(i) + "\n");
        host_.info("wrote all");
    }
    Task<void> events(const Request& request) const {
        gantry::Stream out = request.stream("text/event-stream");
        co_await out.event("7", "news", "one\ntwo");
        co_await out.event("", "", "");
    }
    Task<void> fails(const Request& request) const {
        gantry::Stream out = request.stream("text/plain");
        co_await out.write("half");
        throw std::runtime_error("no more");
    }

    gantry::Host host_;
};

TEST(Stream, ArrivesWholeHoweverOftenItWaits) {
    FakeHost host;
    host.http().stream_high_water(16);
    host.start(entry_of<Streams>());
    const auto pending = host.begin({"GET", "/count"});
    const auto answer = pending.answer();
    EXPECT_EQ(answer.status, 206);
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.body.size(), 10 * 2 + 90 * 3 + 900 * 4U);
    EXPECT_GT(pending.waits(), 100U);
}

TEST(Stream, SpellsEventsAsTheFormatWantsThem) {
    FakeHost host;
    host.start(entry_of<Streams>());
    EXPECT_EQ(host.get("/events").body, "id: 7\nevent: news\ndata: one\ndata: two\n\ndata: \n\n");
}

TEST(Stream, IsCutWhenTheHandlerThrows) {
    FakeHost host;
    host.start(entry_of<Streams>());
    const auto answer = host.get("/fails");
    EXPECT_EQ(answer.body, "half");
    EXPECT_FALSE(answer.complete);
    EXPECT_EQ(host.log()[0].fields[0].second, "no more");
}

TEST(Stream, EndsQuietlyWhenTheClientLeaves) {
    FakeHost host(Completions::ByHand);
    host.http().stream_high_water(16);
    host.http().client_reads_by_hand();
    host.start(entry_of<Streams>());
    const auto pending = host.begin({"GET", "/count"});
    EXPECT_EQ(pending.waits(), 1U);
    pending.leave();
    host.complete_all();
    EXPECT_TRUE(host.log().empty());
}

TEST(Stream, OutlivesClientsThatLeaveAtAnyMoment) {
    FakeHost host;
    host.http().stream_high_water(64);
    host.start(entry_of<Streams>());
    for (int i = 0; i < 200; ++i) {
        const auto pending = host.begin({"GET", "/count"});
        pending.leave();
    }
    EXPECT_EQ(host.get("/events").status, 200);
}

TEST(Stream, IsCutWhenTheHostStops) {
    FakeHost host(Completions::ByHand);
    host.http().stream_high_water(16);
    host.http().client_reads_by_hand();
    host.start(entry_of<Streams>());
    const auto pending = host.begin({"GET", "/count"});
    host.stop();
    EXPECT_TRUE(pending.answered());
    EXPECT_FALSE(pending.so_far().complete);
}

}  // namespace
}  // namespace sdk_test
