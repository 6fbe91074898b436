#include "host/bridge/metrics_service.hpp"

#include <gtest/gtest.h>

#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {
namespace {

// A plugin instance's table, with what it registers.
struct Side {
    explicit Side(metrics::Registry* registry, std::vector<std::string> services = {GANTRY_METRICS})
        : table({"notes", "/", std::move(services)},
                {.add_route = [](http::Route) {},
                 .record =
                     [this](std::string kind, std::string description, std::function<void()> revoke) {
                         recorded.push_back(kind + " " + description);
                         revokes.push_back(std::move(revoke));
                     }},
                {.metrics = registry}, log::Logger(log::open_memory({}, lines), "notes")) {}

    const gantry_metrics& metrics() const {
        const void* service = nullptr;
        EXPECT_EQ(table.host()->query(table.host(), str(GANTRY_METRICS), &service), GANTRY_OK);
        return *static_cast<const gantry_metrics*>(service);
    }
    gantry_status define(std::string_view name, gantry_id& id, std::uint32_t kind = GANTRY_METRIC_COUNTER,
                         gantry_error* error = nullptr) const {
        const gantry_str label = str("by");
        gantry_metric metric{};
        metric.struct_size = sizeof metric;
        metric.kind = kind;
        metric.name = str(name);
        metric.help = str("help");
        metric.labels = &label;
        metric.labels_n = 1;
        return metrics().define(table.host(), &metric, &id, error);
    }
    gantry_status record(gantry_id id, double value, std::string_view label = "me") const {
        const gantry_str values = str(label);
        return metrics().record(table.host(), id, value, &values, 1);
    }
    gantry_status add(gantry_id id, double by) const {
        const gantry_str values = str("me");
        return metrics().add(table.host(), id, by, &values, 1);
    }

    std::string lines;
    std::vector<std::string> recorded;
    std::vector<std::function<void()>> revokes;
    HostTable table;
};

class MetricsServiceTest : public testing::Test {
  protected:
    bool shows(const std::string& line) const {
        return ("\n" + registry.text()).find("\n" + line + "\n") != std::string::npos;
    }
    metrics::Registry registry{{}};
};

TEST_F(MetricsServiceTest, RecordsWhatThePluginDefinedUnderItsName) {
    Side side(&registry);
    gantry_id made = 0;
    gantry_id open = 0;
    ASSERT_EQ(side.define("made_total", made), GANTRY_OK);
    ASSERT_EQ(side.define("open", open, GANTRY_METRIC_GAUGE), GANTRY_OK);
    side.table.freeze();
    side.table.activate();
    EXPECT_EQ(side.record(made, 2), GANTRY_OK);
    EXPECT_EQ(side.add(made, 1), GANTRY_OK);
    EXPECT_EQ(side.record(open, 7), GANTRY_OK);
    EXPECT_EQ(side.add(open, -3), GANTRY_OK);
    EXPECT_TRUE(shows("gantry_notes_made_total{by=\"me\"} 3"));
    EXPECT_TRUE(shows("gantry_notes_open{by=\"me\"} 4"));
    EXPECT_EQ(side.recorded, (std::vector<std::string>{"metric gantry_notes_made_total", "metric gantry_notes_open"}));
    for (const auto& revoke : side.revokes)
        revoke();
    EXPECT_EQ(registry.text(), "");
    EXPECT_EQ(side.record(made, 1), GANTRY_OK) << "a late thread of the plugin does no harm";
}

TEST_F(MetricsServiceTest, TellsAStaleIdFromAWrongCall) {
    Side side(&registry);
    gantry_id id = 0;
    ASSERT_EQ(side.define("made_total", id), GANTRY_OK);
    EXPECT_EQ(side.record(id + 1, 1), GANTRY_E_GONE);
    EXPECT_EQ(side.record(0, 1), GANTRY_E_GONE);
    EXPECT_EQ(side.record(id, -1), GANTRY_E_INVALID);
    EXPECT_EQ(side.metrics().record(side.table.host(), id, 1, nullptr, 0), GANTRY_E_INVALID);
    EXPECT_EQ(side.metrics().record(side.table.host(), id, 1, nullptr, 1), GANTRY_E_INVALID);
    Side other(&registry);
    EXPECT_EQ(other.record(id, 1), GANTRY_E_GONE) << "ids are an instance's own";
}

TEST_F(MetricsServiceTest, RefusesWithAReason) {
    Side side(&registry);
    gantry_id id = 0;
    gantry_error error{};
    error.struct_size = sizeof error;
    EXPECT_EQ(side.define("made-total", id, GANTRY_METRIC_COUNTER, &error), GANTRY_E_INVALID);
    EXPECT_NE(std::string(error.message).find("made-total"), std::string::npos);
    EXPECT_EQ(side.define("x", id, 9, &error), GANTRY_E_INVALID);
    ASSERT_EQ(side.define("x", id), GANTRY_OK);
    gantry_id again = 0;
    EXPECT_EQ(side.define("x", again), GANTRY_OK);
    EXPECT_EQ(id, again);
    EXPECT_EQ(side.recorded.size(), 1U);
    EXPECT_EQ(side.define("x", id, GANTRY_METRIC_GAUGE, &error), GANTRY_E_CONFLICT);
    side.table.freeze();
    EXPECT_EQ(side.define("y", id, GANTRY_METRIC_COUNTER, &error), GANTRY_E_DENIED);
}

TEST_F(MetricsServiceTest, LetsTwoGenerationsCountTogether) {
    Side former(&registry);
    Side next(&registry);
    gantry_id former_id = 0;
    gantry_id next_id = 0;
    ASSERT_EQ(former.define("made_total", former_id), GANTRY_OK);
    former.table.activate();
    former.record(former_id, 1);
    ASSERT_EQ(next.define("made_total", next_id), GANTRY_OK);
    next.record(next_id, 1);
    next.table.activate();
    former.record(former_id, 1);
    former.revokes.front()();
    EXPECT_TRUE(shows("gantry_notes_made_total{by=\"me\"} 3"));
}

TEST_F(MetricsServiceTest, LetsAPluginStartOffline) {
    Side side(nullptr);
    gantry_id id = 0;
    EXPECT_EQ(side.define("made_total", id), GANTRY_OK);
    EXPECT_EQ(side.record(id, 1), GANTRY_OK);
}

}  // namespace
}  // namespace host::bridge
