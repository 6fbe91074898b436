#include "host/http/trace.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

constexpr const char* valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Traceparent, IsTakenAsTheStandardWritesIt) {
    EXPECT_TRUE(is_traceparent(valid));
    EXPECT_TRUE(is_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-appends"));
}

TEST(Traceparent, IsRefusedForEverythingElse) {
    for (const char* value : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                              "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                              "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                              "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                              "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                              "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                              "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                              "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
        EXPECT_FALSE(is_traceparent(value)) << value;
    }
}

TEST(Traceparent, OfARequestIsEmptyUnlessItStandsThereOnce) {
    Request request;
    EXPECT_EQ(traceparent_of(request), "");
    request.fields = {{"Traceparent", valid}};
    EXPECT_EQ(traceparent_of(request), valid);
    request.fields.push_back({"traceparent", valid});
    EXPECT_EQ(traceparent_of(request), "");
}

}  // namespace
}  // namespace host::http
