#include "host/metrics/plugin_metrics.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::metrics {
namespace {

Shape counter(std::string name, std::vector<std::string> labels = {}) {
    return {.kind = Kind::Counter, .name = std::move(name), .help = "help", .labels = std::move(labels)};
}

class PluginMetricsTest : public testing::Test {
  protected:
    // The line of a series without its name; empty: it is not shown.
    std::string shown(const std::string& series) const {
        const std::string text = "\n" + registry.text();
        const std::size_t at = text.find("\n" + series + " ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + series.size() + 2;
        return text.substr(begin, text.find('\n', begin) - begin);
    }
    core::Code refusal(PluginMetrics& plugin, Shape shape) const {
        try {
            plugin.define(std::move(shape));
        } catch (const core::Error& error) {
            return error.code();
        }
        return core::Code::Internal;
    }

    Registry registry{{.series_max = 10, .token = {}}};
};

TEST_F(PluginMetricsTest, AreShownFromActivationToTheEnd) {
    {
        PluginMetrics plugin(registry, "notes");
        plugin.define(counter("made_total"))->record(1, {});
        EXPECT_EQ(shown("gantry_notes_made_total"), "");
        plugin.activate();
        EXPECT_EQ(shown("gantry_notes_made_total"), "1");
    }
    EXPECT_EQ(shown("gantry_notes_made_total"), "");
}

TEST_F(PluginMetricsTest, GoOnInTheNextGeneration) {
    PluginMetrics former(registry, "notes");
    former.define(counter("made_total"))->record(1, {});
    former.activate();
    PluginMetrics next(registry, "notes");
    next.define(counter("made_total"))->record(1, {});
    EXPECT_EQ(shown("gantry_notes_made_total"), "2");
    next.activate();
    former.revoke();
    EXPECT_EQ(shown("gantry_notes_made_total"), "2") << "what the old one takes back, the new one has";
    next.revoke();
    EXPECT_EQ(shown("gantry_notes_made_total"), "");
}

TEST_F(PluginMetricsTest, OfAnotherShapeReplaceTheOldOnesWhenTheInstanceServes) {
    PluginMetrics former(registry, "notes");
    former.define(counter("made_total"))->record(5, {});
    former.activate();
    PluginMetrics next(registry, "notes");
    const auto labelled = next.define(counter("made_total", {"by"}));
    labelled->record(1, std::vector<std::string_view>{"me"});
    EXPECT_EQ(shown("gantry_notes_made_total"), "5");
    next.activate();
    EXPECT_EQ(shown("gantry_notes_made_total"), "");
    EXPECT_EQ(shown("gantry_notes_made_total{by=\"me\"}"), "1");
    former.revoke();
    EXPECT_EQ(shown("gantry_notes_made_total{by=\"me\"}"), "1");
}

TEST_F(PluginMetricsTest, ComeBackWhenTheNextGenerationIsRolledBack) {
    PluginMetrics former(registry, "notes");
    former.define(counter("same_total"))->record(1, {});
    former.define(counter("other_total"))->record(5, {});
    former.activate();
    {
        PluginMetrics next(registry, "notes");
        next.define(counter("same_total"))->record(1, {});
        next.define(counter("other_total", {"by"}));
        next.activate();
    }
    EXPECT_EQ(shown("gantry_notes_same_total"), "2");
    former.activate();
    EXPECT_EQ(shown("gantry_notes_same_total"), "2");
    EXPECT_EQ(shown("gantry_notes_other_total"), "5");
}

TEST_F(PluginMetricsTest, OfAGenerationThatNeverServedLeaveNothing) {
    PluginMetrics former(registry, "notes");
    former.define(counter("made_total"));
    former.activate();
    {
        PluginMetrics next(registry, "notes");
        next.define(counter("made_total"));
        next.define(counter("new_total"));
    }
    EXPECT_EQ(shown("gantry_notes_made_total"), "0");
    EXPECT_EQ(shown("gantry_notes_new_total"), "");
}

TEST_F(PluginMetricsTest, CannotTakeANameThatSomebodyHas) {
    registry.define(counter("gantry_http_requests_total"), 1);
    PluginMetrics http(registry, "http");
    EXPECT_EQ(refusal(http, counter("requests_total")), core::Code::Conflict);
    PluginMetrics notes(registry, "notes");
    PluginMetrics notes_a(registry, "notes_a");
    notes.define(counter("a_b"));
    EXPECT_EQ(refusal(notes_a, counter("b")), core::Code::Conflict) << "gantry_notes_a_b could be either's";
    notes.define({.kind = Kind::Histogram, .name = "took"});
    EXPECT_EQ(refusal(notes, counter("took_count")), core::Code::Conflict) << "a histogram has samples of that name";
    EXPECT_EQ(refusal(notes, counter("a_b", {"x"})), core::Code::Conflict);
    EXPECT_EQ(notes.define(counter("a_b")), notes.define(counter("a_b"))) << "the same again is the same";
}

TEST_F(PluginMetricsTest, AreLimitedInNumber) {
    PluginMetrics plugin(registry, "notes");
    for (std::size_t i = 0; i < PluginMetrics::metrics_max; ++i)
        plugin.define(counter("n" + std::to_string(i)));
    EXPECT_EQ(refusal(plugin, counter("more")), core::Code::Limit);
}

TEST_F(PluginMetricsTest, SayWhatTheyCouldNotTellApart) {
    PluginMetrics plugin(registry, "notes");
    const auto made = plugin.define(counter("made_total", {"by"}));
    plugin.activate();
    for (int i = 0; i < 15; ++i)
        made->record(1, std::vector<std::string_view>{std::to_string(i)});
    EXPECT_EQ(shown("gantry_metrics_dropped_total{metric=\"gantry_notes_made_total\"}"), "5");
}

}  // namespace
}  // namespace host::metrics
