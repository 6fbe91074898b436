#include "host/events/line.hpp"

#include <gtest/gtest.h>

#include "tests/host/events/running_events.hpp"

using namespace host::events;
using namespace tests;

namespace {

constexpr std::uint32_t attempts_max = 3;

EventPointer at(std::int64_t seq) {
    Event event = event_of(std::to_string(seq));
    event.seq = seq;
    return std::make_shared<const Event>(std::move(event));
}

// A line that has read the events 1 to `count`, all there are.
struct Reading {
    explicit Reading(std::int64_t count) {
        const auto subscriber =
            subscriber_of({durable("notes.*", [](const Event&, std::uint32_t) { return std::optional<std::string>(); })});
        line.activate(subscriber, subscriber->subscriptions.front());
        line.claim({"mailer", "all", {"10", "10", 0}, 0});
        EXPECT_TRUE(line.wish());
        Read read{{}, {"10", "20", 0}, {"20", "20", 0}, false};
        for (std::int64_t seq = 1; seq <= count; ++seq)
            read.events.push_back(at(seq));
        line.take(std::move(read));
    }
    void write() {
        if (const auto progress = line.unwritten(attempts_max)) line.written(*progress, {});
    }

    Line line;
};

std::string text_of(const Position& position) {
    return position.from + "-" + position.to + "/" + std::to_string(position.seq);
}

}  // namespace

TEST(Line, HasNothingToWriteBeforeAnythingWasDelivered) {
    Reading reading(2);
    EXPECT_FALSE(reading.line.unwritten(attempts_max));
    EXPECT_TRUE(reading.line.has_next());
}

TEST(Line, IsInTheWindowUntilAllOfItIsDelivered) {
    Reading reading(2);
    reading.line.note(std::nullopt);
    const auto half = reading.line.unwritten(attempts_max);
    ASSERT_TRUE(half);
    EXPECT_EQ(text_of(half->place.position), "10-20/1");
    EXPECT_EQ(half->delivered, 1U);
    reading.line.written(*half, {});
    reading.line.note(std::nullopt);
    const auto all = reading.line.unwritten(attempts_max);
    ASSERT_TRUE(all);
    EXPECT_EQ(text_of(all->place.position), "20-20/0");
    EXPECT_EQ(all->delivered, 1U);
    EXPECT_FALSE(reading.line.has_next());
}

TEST(Line, TellsTheSameUntilItIsWritten) {
    Reading reading(1);
    for (std::uint32_t attempt = 1; attempt <= attempts_max; ++attempt) {
        reading.write();
        EXPECT_EQ(reading.line.next().attempt, attempt);
        reading.line.note("never");
        EXPECT_FALSE(reading.line.has_next()) << "what has failed is not delivered before that is written";
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto progress = reading.line.unwritten(attempts_max);
        ASSERT_TRUE(progress && progress->dead);
        EXPECT_EQ(progress->dead->event->seq, 1);
        EXPECT_EQ(progress->dead->attempts, attempts_max);
        EXPECT_EQ(progress->error, "never");
        EXPECT_EQ(progress->place.attempt, 0U);
        EXPECT_EQ(text_of(progress->place.position), "20-20/0");
    }
    reading.write();
    EXPECT_FALSE(reading.line.unwritten(attempts_max));
}

TEST(Line, CountsTheFailuresOfEachEventAlone) {
    Reading reading(2);
    reading.line.note("not yet");
    reading.write();
    EXPECT_EQ(reading.line.next().attempt, 2U);
    reading.line.note(std::nullopt);
    EXPECT_EQ(reading.line.next().attempt, 1U);
    reading.line.note("not yet");
    const auto progress = reading.line.unwritten(attempts_max);
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->place.attempt, 1U);
    EXPECT_EQ(text_of(progress->place.position), "10-20/1");
}

TEST(Line, GoesOnWhereItIsTakenUpAgainAfterItWasLost) {
    Reading reading(2);
    reading.line.note(std::nullopt);
    reading.line.note("not yet");
    reading.line.lose();
    EXPECT_FALSE(reading.line.unwritten(attempts_max));
    EXPECT_FALSE(reading.line.has_next());
    reading.line.claim({"mailer", "all", {"10", "20", 1}, 2});
    const auto wish = reading.line.wish();
    ASSERT_TRUE(wish);
    EXPECT_EQ(text_of(wish->from), "10-20/1");
    reading.line.take({{at(2)}, {"10", "20", 1}, {"20", "20", 0}, false});
    EXPECT_EQ(reading.line.next().attempt, 3U);
}

TEST(Line, ReadsAnewWhatAChangedPatternMayMatch) {
    Reading reading(2);
    reading.line.note(std::nullopt);
    reading.write();
    const auto subscriber =
        subscriber_of({durable("bills.*", [](const Event&, std::uint32_t) { return std::optional<std::string>(); })});
    reading.line.activate(subscriber, subscriber->subscriptions.front());
    const auto wish = reading.line.wish();
    ASSERT_TRUE(wish);
    EXPECT_EQ(text_of(wish->from), "10-20/1");
    EXPECT_EQ(wish->pattern, "bills.*");
}
