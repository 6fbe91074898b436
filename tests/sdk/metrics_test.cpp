#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Counting {
  public:
    explicit Counting(gantry::Host host) : host_(host) {}
    void routes(gantry::Routes<Counting>& routes) {
        routes.get("/count/{format}", &Counting::count);
        routes.get("/wrong", &Counting::wrong);
    }

  private:
    Response count(const Request& request) const {
        exported_.add(2, request.param("format"));
        open_.set(5);
        open_.add(-1);
        took_.observe(0.5, "a", std::string("b"));
        took_.observe(0.25, "a", "b");
        return gantry::empty();
    }
    Response wrong(const Request&) const {
        exported_.add(1);
        return gantry::empty();
    }

    gantry::Host host_;
    gantry::Counter exported_{host_, "exported_total", "What was exported", {"format"}};
    gantry::Gauge open_{host_, "open", "What is open"};
    gantry::Histogram took_{host_, "took_seconds", "How long it took", {"x", "y"}, {0.1, 1}};
};

TEST(Metrics, AreRecordedWithTheirLabels) {
    FakeHost host;
    host.start(entry_of<Counting>());
    EXPECT_EQ(host.get("/count/csv").status, 204);
    EXPECT_EQ(host.get("/count/csv").status, 204);
    EXPECT_EQ(host.metrics().value("exported_total", {"csv"}), 4);
    EXPECT_EQ(host.metrics().value("exported_total", {"json"}), 0);
    EXPECT_EQ(host.metrics().value("open"), 4);
    EXPECT_EQ(host.metrics().count("took_seconds", {"a", "b"}), 4U);
    EXPECT_EQ(host.metrics().value("took_seconds", {"a", "b"}), 1.5);
}

TEST(Metrics, WithAWrongNumberOfLabelsFailTheTestAndNotTheRequest) {
    FakeHost host;
    host.start(entry_of<Counting>());
    EXPECT_EQ(host.get("/wrong").status, 204);
    EXPECT_EQ(host.watch().take_violations().size(), 1U);
}

TEST(Metrics, ThatTheHostRefusesKeepThePluginFromStarting) {
    FakeHost host;
    host.withhold(GANTRY_METRICS, GANTRY_E_DENIED);
    EXPECT_THROW(host.start(entry_of<Counting>()), std::runtime_error);
}

}  // namespace
}  // namespace sdk_test
