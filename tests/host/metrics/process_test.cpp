#include "host/metrics/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>

namespace host::metrics {
namespace {

double value_of(const Registry& registry, const std::string& name) {
    const std::string text = "\n" + registry.text();
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, AreWhatTheSystemSaysOfThisProcess) {
    Registry registry{{}};
    define_process_metrics(registry);
    EXPECT_GT(value_of(registry, "process_cpu_seconds_total"), 0);
    EXPECT_GT(value_of(registry, "process_resident_memory_bytes"), 1e6);
    EXPECT_GE(value_of(registry, "process_virtual_memory_bytes"), value_of(registry, "process_resident_memory_bytes"));
    EXPECT_GE(value_of(registry, "process_max_fds"), value_of(registry, "process_open_fds"));
    const double started = value_of(registry, "process_start_time_seconds");
    EXPECT_LE(started, static_cast<double>(std::time(nullptr)) + 2);
    EXPECT_GT(started, static_cast<double>(std::time(nullptr)) - 3600);
    EXPECT_NE(registry.text().find("gantry_build_info{version=\""), std::string::npos);
}

TEST(ProcessMetrics, CountDescriptorsExactly) {
    Registry registry{{}};
    define_process_metrics(registry);
    const double before = value_of(registry, "process_open_fds");
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(value_of(registry, "process_open_fds"), before + 1);
    close(descriptor);
    EXPECT_EQ(value_of(registry, "process_open_fds"), before);
}

}  // namespace
}  // namespace host::metrics
