#include "host/events/local.hpp"

#include <gtest/gtest.h>

#include "tests/host/events/running_events.hpp"

using namespace host::events;
using namespace tests;

namespace {

EventPointer pointer_to(std::string payload, std::string topic = "notes.created") {
    return std::make_shared<const Event>(event_of(std::move(payload), std::move(topic)));
}

struct Room {
    explicit Room(std::size_t queue_max = 100'000, host::core::ThreadPool::Size size = {4, 64})
        : pool("blocking", size), local(pool, queue_max, quiet_logger(), [this] { ++refusals; }) {}

    std::atomic<int> refusals{0};
    host::core::ThreadPool pool;
    Local local;
};

}  // namespace

TEST(LocalEvents, ReachMatchingSubscribersInOrder) {
    Room room;
    Heard notes, all;
    room.local.activate(subscriber_of({{"notes", "notes.*", false, into(notes)}, {"all", "*", false, into(all)}}));
    constexpr int many = 5'000;
    for (int i = 0; i < many; ++i)
        room.local.publish(pointer_to(std::to_string(i)));
    room.local.publish(pointer_to("other", "bills.paid"));
    const auto heard = all.wait_for(many + 1);
    ASSERT_EQ(heard.size(), static_cast<std::size_t>(many + 1));
    for (int i = 0; i < many; ++i)
        ASSERT_EQ(heard[static_cast<std::size_t>(i)], std::to_string(i));
    EXPECT_EQ(notes.wait_for(many).size(), static_cast<std::size_t>(many));
}

TEST(LocalEvents, GoToTheNewInstanceAfterASwapAndToNobodyAfterItsEnd) {
    Room room;
    Heard old, young;
    const auto first = subscriber_of({{"all", "*", false, into(old)}});
    const auto second = subscriber_of({{"all", "*", false, into(young)}});
    room.local.activate(first);
    room.local.publish(pointer_to("1"));
    old.wait_for(1);
    room.local.activate(second);
    room.local.retire(*first);
    room.local.publish(pointer_to("2"));
    EXPECT_EQ(young.wait_for(1), (std::vector<std::string>{"2"}));
    room.local.retire(*second);
    EXPECT_FALSE(room.local.wanted());
    room.local.publish(pointer_to("3"));
    EXPECT_EQ(old.all(), (std::vector<std::string>{"1"}));
}

TEST(LocalEvents, DropTheOldestForASubscriberThatIsTooSlow) {
    Room room(3);
    Heard heard;
    std::promise<void> begun, release;
    auto released = release.get_future().share();
    std::atomic<bool> first{true};
    room.local.activate(
        subscriber_of({{"all", "*", false, [&](const Event& event, std::uint32_t) -> std::optional<std::string> {
                            if (first.exchange(false)) {
                                begun.set_value();
                                released.wait();
                            }
                            heard.add(event.payload);
                            return std::nullopt;
                        }}}));
    room.local.publish(pointer_to("first"));
    begun.get_future().wait();
    for (int i = 0; i < 10; ++i)
        room.local.publish(pointer_to(std::to_string(i)));
    release.set_value();
    EXPECT_EQ(heard.wait_for(4), (std::vector<std::string>{"first", "7", "8", "9"}));
    EXPECT_EQ(room.local.dropped(), 7U);
}

TEST(LocalEvents, ShowThemselvesToTaps) {
    Room room;
    std::vector<std::string> seen;
    const std::uint64_t tap = room.local.tap([&](const Event& event) { seen.push_back(event.topic); });
    room.local.publish(pointer_to("1"));
    room.local.untap(tap);
    room.local.publish(pointer_to("2"));
    EXPECT_EQ(seen, (std::vector<std::string>{"notes.created"}));
}

TEST(LocalEvents, ThatFoundThePoolFullAreHeardOnceItHasRoom) {
    Room room(100, {1, 1});
    Heard heard;
    std::promise<void> begun, release;
    room.local.activate(subscriber_of({{"all", "*", false, into(heard)}}));
    ASSERT_TRUE(room.pool.post([&] {
        begun.set_value();
        release.get_future().wait();
    }));
    begun.get_future().wait();
    ASSERT_TRUE(room.pool.post([] {}));
    room.local.publish(pointer_to("1"));
    room.local.publish(pointer_to("2"));
    EXPECT_EQ(room.refusals, 1) << "told once until it is offered again";
    EXPECT_FALSE(room.local.offer_again()) << "the pool is still full";
    release.set_value();
    while (!room.local.offer_again())
        std::this_thread::yield();
    EXPECT_EQ(heard.wait_for(2), (std::vector<std::string>{"1", "2"}));
}
