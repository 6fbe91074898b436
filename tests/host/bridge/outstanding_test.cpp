#include "host/bridge/outstanding.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace host::bridge {
namespace {

TEST(Outstanding, LetsNothingInOnceItIsClosedAndWaitsForWhatIsInside) {
    Outstanding outstanding;
    Outstanding::Ticket first = outstanding.enter();
    outstanding.close();
    try {
        (void)outstanding.enter();
        ADD_FAILURE() << "was let in";
    } catch (const core::Error& refused) {
        EXPECT_EQ(refused.code(), core::Code::Cancelled);
    }
    bool ended = false;
    std::thread completing([&] {
        ended = true;
        first.reset();
    });
    outstanding.wait();
    EXPECT_TRUE(ended);
    completing.join();
}

TEST(Outstanding, MayEndBeforeTheLastOfItsTickets) {
    std::optional<Outstanding> outstanding(std::in_place);
    Outstanding::Ticket late = outstanding->enter();
    outstanding.reset();
    late.reset();
}

}  // namespace
}  // namespace host::bridge
