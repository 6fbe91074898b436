#include "host/plugin/thread_census.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

namespace host::plugin {

namespace {

// Field 22 of /proc/<pid>/stat, counted behind the name in parentheses, which may itself hold spaces and parentheses.
// 0: the thread is gone.
std::uint64_t birth_of(const std::filesystem::path& task) {
    std::ifstream file(task / "stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == line.npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    std::uint64_t birth = 0;
    std::from_chars(field.data(), field.data() + field.size(), birth);
    return birth;
}

}  // namespace

ThreadCensus::Threads ThreadCensus::now() {
    Threads threads;
    std::error_code ignored;
    for (std::filesystem::directory_iterator task("/proc/self/task", ignored), end; task != end; task.increment(ignored)) {
        const std::string name = task->path().filename().string();
        int id = 0;
        std::from_chars(name.data(), name.data() + name.size(), id);
        if (const std::uint64_t birth = birth_of(task->path())) threads.emplace(id, birth);
    }
    return threads;
}

ThreadCensus::Watch::~Watch() {
    for (const auto& thread : now())
        if (!before_.contains(thread)) census_.suspects_.insert(thread);
}

std::size_t ThreadCensus::survivors(std::chrono::milliseconds patience) const {
    if (suspects_.empty()) return 0;
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const Threads living = now();
        const auto count =
            std::count_if(suspects_.begin(), suspects_.end(), [&](const auto& one) { return living.contains(one); });
        if (count == 0 || std::chrono::steady_clock::now() >= until) return static_cast<std::size_t>(count);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace host::plugin
