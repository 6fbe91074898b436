#include "host/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gantry/abi/base.h>

#include "host/core/version.hpp"

// From /proc, see proc(5).
namespace host::metrics {

namespace {

double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Memory {
    double virtual_bytes = 0;
    double resident_bytes = 0;
};

Memory memory() {
    Memory memory;
    std::ifstream("/proc/self/statm") >> memory.virtual_bytes >> memory.resident_bytes;
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
    memory.virtual_bytes *= page_bytes;
    memory.resident_bytes *= page_bytes;
    return memory;
}

double open_descriptors() {
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    // One of them is the folder itself, open for this loop.
    return static_cast<double>(std::distance(begin(descriptors), end(descriptors)) - 1);
}

double descriptors_max() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

double boot_time_s() {
    std::ifstream stat("/proc/stat");
    std::string word;
    double seconds = 0;
    while (stat >> word && word != "btime") {
    }
    stat >> seconds;
    return seconds;
}

double start_time_s() {
    std::ifstream stream("/proc/self/stat");
    std::string line;
    std::getline(stream, line);
    // The second field is a name in parentheses that may hold anything; starttime is the 20th after it.
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string field;
    for (int i = 0; i < 20; ++i)
        fields >> field;
    return boot_time_s() + std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

void define_process_metrics(Registry& registry) {
    const auto define = [&](Kind kind, const char* name, const char* help, double (*read)()) {
        registry.define_sampled({.kind = kind, .name = name, .help = help}, [read] {
            return std::vector<Registry::Sample>{{{}, read()}};
        });
    };
    define(Kind::Counter, "process_cpu_seconds_total", "User and system time used, in seconds", cpu_seconds);
    define(Kind::Gauge, "process_resident_memory_bytes", "Resident memory, in bytes",
           [] { return memory().resident_bytes; });
    define(Kind::Gauge, "process_virtual_memory_bytes", "Virtual memory, in bytes", [] { return memory().virtual_bytes; });
    define(Kind::Gauge, "process_open_fds", "Open file descriptors", open_descriptors);
    define(Kind::Gauge, "process_max_fds", "File descriptors that may be open", descriptors_max);
    define(Kind::Gauge, "process_start_time_seconds", "When the process started, in seconds since 1970", start_time_s);
    registry.define_sampled({.kind = Kind::Gauge,
                             .name = "gantry_build_info",
                             .help = "1, with what was built as labels",
                             .labels = {"version", "abi", "compiler"}},
                            [] {
                                const std::string abi =
                                    std::to_string(GANTRY_ABI_MAJOR) + "." + std::to_string(GANTRY_ABI_MINOR);
                                return std::vector<Registry::Sample>{{{std::string(core::version()), abi, __VERSION__}, 1}};
                            });
}

}  // namespace host::metrics
