#pragma once

#include <chrono>
#include <filesystem>

namespace host::secrets {

struct Settings {
    std::filesystem::path directory = {};        // <directory>/<owner>/<name>; empty: no files
    std::filesystem::path master_key_file = {};  // empty: systemd's credential, else one of our own in data_directory
    std::filesystem::path data_directory = {};   // the host's
    std::chrono::milliseconds watch_interval{5'000};
};

}  // namespace host::secrets
