#include "host/http_client/poller.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace host::http_client {
namespace {

// Two sockets that are connected; the first is the poller's.
struct Pair {
    Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
    ~Pair() {
        if (ends[0] >= 0) close(ends[0]);
        close(ends[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    int ours() const { return ends[0]; }
    void say() const { EXPECT_EQ(write(ends[1], "x", 1), 1); }

    int ends[2] = {-1, -1};
};

class PollerTest : public testing::Test {
  protected:
    // Of the socket, without waiting; 0: nothing.
    std::uint32_t heard(int socket) {
        std::uint32_t events = 0;
        for (const epoll_event& event : poller.wait(0)) {
            if (event.data.fd == socket) events |= event.events;
        }
        return events;
    }
    Poller poller;
};

TEST_F(PollerTest, HearsOfWhatIsWantedAndOfNothingElse) {
    const Pair pair;
    poller.opened(pair.ours());
    pair.say();
    EXPECT_EQ(heard(pair.ours()), 0U) << "nothing was wanted yet";
    poller.want(pair.ours(), EPOLLIN);
    EXPECT_EQ(heard(pair.ours()), static_cast<std::uint32_t>(EPOLLIN));
    poller.want(pair.ours(), EPOLLOUT);
    EXPECT_EQ(heard(pair.ours()), static_cast<std::uint32_t>(EPOLLOUT));
    poller.want(pair.ours(), 0);
    EXPECT_EQ(heard(pair.ours()), 0U);
}

TEST_F(PollerTest, KeepsHearingOfASocketThatIsLetGoAndTakenUpAgain) {
    const Pair pair;
    poller.opened(pair.ours());
    poller.want(pair.ours(), EPOLLIN);
    EXPECT_EQ(heard(pair.ours()), 0U);
    poller.want(pair.ours(), 0);
    poller.want(pair.ours(), EPOLLIN);
    pair.say();
    EXPECT_EQ(heard(pair.ours()), static_cast<std::uint32_t>(EPOLLIN));
}

TEST_F(PollerTest, TakesANumberThatComesAgainForAnotherSocket) {
    for (int i = 0; i < 3; ++i) {
        Pair pair;
        poller.opened(pair.ours());
        poller.want(pair.ours(), EPOLLIN);
        EXPECT_EQ(heard(pair.ours()), 0U);
        pair.say();
        EXPECT_NE(heard(pair.ours()), 0U) << i;
        // Let go and closed between two waits, as libcurl does with a connection that it does not keep.
        poller.want(pair.ours(), 0);
        poller.closed(pair.ours());
        close(pair.ends[0]);
        pair.ends[0] = -1;
    }
}

TEST_F(PollerTest, HearsOfASocketWhoseEndNobodyTells) {
    for (int i = 0; i < 3; ++i) {
        const Pair pair;
        poller.want(pair.ours(), EPOLLIN);
        pair.say();
        EXPECT_NE(heard(pair.ours()), 0U) << i;
        poller.want(pair.ours(), 0);
        EXPECT_EQ(heard(pair.ours()), 0U);
        poller.want(pair.ours(), EPOLLIN);
        // Closed without a word; the next one has its number.
    }
}

TEST_F(PollerTest, SaysNothingOfItsOwnWakeUp) {
    const Pair pair;
    poller.opened(pair.ours());
    poller.want(pair.ours(), EPOLLIN);
    poller.wake();
    EXPECT_TRUE(poller.wait(-1).empty());
    pair.say();
    poller.wake();
    const std::span<const epoll_event> both = poller.wait(-1);
    ASSERT_EQ(both.size(), 1U);
    EXPECT_EQ(both[0].data.fd, pair.ours());
}

TEST_F(PollerTest, IsWokenByAnotherThread) {
    std::thread other([this] { poller.wake(); });
    EXPECT_TRUE(poller.wait(-1).empty());
    other.join();
}

}  // namespace
}  // namespace host::http_client
