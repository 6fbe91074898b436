#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

// Uses every call that can fail.
class Everything {
  public:
    explicit Everything(gantry::Host host) : database_(host) {}
    void routes(gantry::Routes<Everything>& routes) {
        routes.get("/answer", &Everything::answer);
        routes.get("/stream", &Everything::stream);
        routes.get("/wait", &Everything::wait).blocking();
    }

  private:
    Task<Response> answer(const Request&) const {
        gantry::Transaction transaction = co_await database_.begin();
        co_await transaction.query("insert");
        co_await transaction.commit();
        co_return gantry::text("done");
    }
    Task<void> stream(const Request& request) const {
        gantry::Stream out = request.stream("text/plain");
        for (int i = 0; i < 3; ++i)
            co_await out.write("piece");
    }
    Response wait(const Request&) const {
        gantry::Transaction transaction = database_.begin().get();
        transaction.query("insert").get();
        transaction.rollback().get();
        return gantry::text("done");
    }

    gantry::Database database_;
};

class Injection : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Routes, Injection, ::testing::Values("/answer", "/stream", "/wait"));

// Whatever call fails, and however: the request ends once, nothing is left open, nothing leaks. The fake host looks.
TEST_P(Injection, LeavesNothingBehindWhicheverCallFails) {
    for (gantry_status status = GANTRY_E_UNAUTHENTICATED; status < 0; ++status) {
        for (std::uint64_t n = 1; n <= 8; ++n) {
            FakeHost host;
            host.http().stream_high_water(8);
            host.start(entry_of<Everything>());
            host.database().expect_affected("insert", 1);
            host.watch().fail_call(n, status);
            const auto answer = host.get(GetParam());
            EXPECT_TRUE(answer.status >= 200 || status == GANTRY_E_GONE) << n << " " << status;
            host.database().forget_expectations();
        }
    }
}

}  // namespace
}  // namespace sdk_test
