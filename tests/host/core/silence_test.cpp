#include "host/core/silence.hpp"

#include <gtest/gtest.h>

namespace host::core {
namespace {

using namespace std::chrono_literals;

constexpr auto lease = 10s;
constexpr Silence::Clock::time_point start{};

std::size_t dead(Silence& silence, std::vector<Heartbeat> beats, std::chrono::seconds at) {
    return silence.dead(beats, start + at, lease).size();
}

TEST(Silence, AHostThatIsHeardOfAgainAndAgainLivesWhateverTheWallClockSays) {
    Silence silence;
    for (int beat = 0; beat < 100; ++beat)
        EXPECT_EQ(dead(silence, {{"a", beat, true}}, 9s * beat), 0U);
}

TEST(Silence, AHostThatSeemsExpiredIsDeadAfterALeaseOfSilenceAndNotBefore) {
    Silence silence;
    EXPECT_EQ(dead(silence, {{"a", 7, false}}, 0s), 0U);
    EXPECT_EQ(dead(silence, {{"a", 7, true}}, 9s), 0U);
    EXPECT_EQ(dead(silence, {{"a", 7, true}}, 10s), 1U);
}

TEST(Silence, AHostWhoseLeaseWillNotEndIsDeadAfterFour) {
    Silence silence;
    EXPECT_EQ(dead(silence, {{"a", 7, false}}, 0s), 0U);
    EXPECT_EQ(dead(silence, {{"a", 7, false}}, 39s), 0U);
    EXPECT_EQ(dead(silence, {{"a", 7, false}}, 40s), 1U);
}

TEST(Silence, AHostThatComesBackUnderItsNumberBeginsAnew) {
    Silence silence;
    EXPECT_EQ(dead(silence, {{"a", 7, true}}, 0s), 0U);
    EXPECT_EQ(dead(silence, {}, 5s), 0U);
    EXPECT_EQ(dead(silence, {{"a", 7, true}}, 11s), 0U);
}

}  // namespace
}  // namespace host::core
