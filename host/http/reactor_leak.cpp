#include "host/http/reactor_leak.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace host::http {

namespace {

// The descriptors in an epoll's "tfd:" lines (proc(5), /proc/pid/fdinfo).
std::vector<int> watched_by(const std::filesystem::path& fdinfo) {
    std::vector<int> watched;
    std::ifstream lines(fdinfo);
    for (std::string word; lines >> word;) {
        int descriptor = -1;
        if (word == "tfd:" && lines >> descriptor) watched.push_back(descriptor);
    }
    return watched;
}

}  // namespace

int find_leaked_descriptor(std::initializer_list<int> own) {
    const auto is_own = [&](int descriptor) { return std::find(own.begin(), own.end(), descriptor) != own.end(); };
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo", ignored)) {
        const std::vector<int> watched = watched_by(entry.path());
        if (watched.size() != own.size() + 1) continue;
        if (static_cast<std::size_t>(std::count_if(watched.begin(), watched.end(), is_own)) != own.size()) continue;
        return *std::find_if_not(watched.begin(), watched.end(), is_own);
    }
    return -1;
}

}  // namespace host::http
