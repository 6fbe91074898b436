#include "tests/support/postgres.hpp"

#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <stdexcept>

#include "host/database/connection_url.hpp"
#include "host/database/private_cluster.hpp"
#include "host/database/result.hpp"

namespace tests {

namespace {

struct SharedCluster {
    SharedCluster() : cluster({directory.path(), {}}, quiet_logger()) { cluster.start(); }

    TemporaryDirectory directory;
    host::database::PrivateCluster cluster;
};

SharedCluster& shared_cluster() {
    static SharedCluster shared;
    return shared;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
    std::string name = "/tmp/gantry-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
    path_ = name;
    chmod(path_.c_str(), 0755);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

host::log::Logger quiet_logger() {
    static std::string lines;
    static const auto sink = host::log::open_memory({}, lines);
    return {sink, "database"};
}

std::string fresh_database() {
    static std::atomic<unsigned> count{0};
    const std::string url = shared_cluster().cluster.url();
    const std::string name = "test_" + std::to_string(++count);
    auto parameters = host::database::parse_url(as_superuser(url));
    const host::database::ConnectionHandle connection(PQconnectdb(host::database::make_url(parameters).c_str()));
    const host::database::ResultHandle made(PQexec(connection.get(), ("create database " + name + " owner gantry").c_str()));
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    parameters = host::database::parse_url(url);
    parameters["dbname"] = name;
    return host::database::make_url(parameters);
}

host::database::Settings fresh_settings() {
    host::database::Settings settings;
    settings.url = fresh_database();
    settings.connections = 2;
    return settings;
}

std::string as_superuser(const std::string& url) {
    auto parameters = host::database::parse_url(url);
    parameters["user"] = "postgres";
    return host::database::make_url(parameters);
}

}  // namespace tests
