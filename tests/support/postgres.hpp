#pragma once

#include <filesystem>
#include <string>

#include "host/database/settings.hpp"
#include "host/log/logger.hpp"

// One private PostgreSQL cluster for a test binary: started by the first test that asks, stopped when the binary ends.
namespace tests {

// An empty folder that PostgreSQL's user may enter; removed with the object.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A logger that keeps its lines to itself.
host::log::Logger quiet_logger();

// A new database on the shared cluster, owned by the host's login role: its URL.
std::string fresh_database();
// Settings with that URL and two connections.
host::database::Settings fresh_settings();
// Of the same database, but as the superuser: to kill backends, to look behind the scenes.
std::string as_superuser(const std::string& url);

}  // namespace tests
