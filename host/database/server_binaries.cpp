#include "host/database/server_binaries.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;
namespace fs = std::filesystem;

namespace {

struct Installation {
    int version = 0;
    fs::path binaries;
};

// 0: there is no cluster yet.
int version_of_cluster(const fs::path& cluster) {
    std::ifstream file(cluster / "PG_VERSION");
    int version = 0;
    file >> version;
    return version;
}

bool holds_server(const fs::path& binaries) {
    return access((binaries / "postgres").c_str(), X_OK) == 0 && access((binaries / "initdb").c_str(), X_OK) == 0;
}

void add_if_present(std::vector<Installation>& found, const std::string& version, const fs::path& binaries) {
    if (holds_server(binaries)) found.push_back({std::atoi(version.c_str()), binaries});
}

// Debian keeps each version apart and none in PATH; the RPMs of postgresql.org use /usr/pgsql-<version>.
std::vector<Installation> installations() {
    std::vector<Installation> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        add_if_present(found, entry.path().filename().string(), entry.path() / "bin");
    }
    for (const auto& entry : fs::directory_iterator("/usr", ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("pgsql-", 0) == 0) add_if_present(found, name.substr(6), entry.path() / "bin");
    }
    return found;
}

}  // namespace

fs::path find_server_binaries(const fs::path& configured, const fs::path& cluster) {
    const int wanted = version_of_cluster(cluster);
    if (!configured.empty()) {
        if (holds_server(configured)) return configured;
        throw Error{Code::Unavailable,
                    "database.binaries_directory " + configured.string() + " holds no postgres and initdb"};
    }
    Installation best;
    for (const Installation& each : installations()) {
        const bool suits = wanted == 0 ? each.version > best.version : each.version == wanted;
        if (suits) best = each;
    }
    if (!best.binaries.empty()) return best.binaries;
    if (wanted == 0) {
        throw Error{Code::Unavailable,
                    "no PostgreSQL server is installed: install the package postgresql-15 or set database.url"};
    }
    const std::string version = std::to_string(wanted);
    throw Error{Code::Unavailable, "the cluster in " + cluster.string() + " was made by PostgreSQL " + version +
                                       ", which is not installed: install the package postgresql-" + version +
                                       ", or dump and restore into a newer one"};
}

}  // namespace host::database
