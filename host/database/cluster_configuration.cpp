#include "host/database/cluster_configuration.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;
namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    const bool written =
        file >= 0 && fchmod(file, 0644) == 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) close(file);
    if (!written) throw Error{Code::Unavailable, "cannot write " + path.string()};
}

std::string quoted(const fs::path& path) {
    std::string result = "'";
    for (const char character : path.string()) {
        if (character == '\'' || character == '\\') result += character;
        result += character;
    }
    return result + "'";
}

// Small, for one host on one machine. dynamic_shared_memory_type: a container's /dev/shm is often 64 MB.
constexpr const char* fixed_settings = R"(
listen_addresses = ''
port = 5432
unix_socket_permissions = 0777
max_connections = 24
shared_buffers = 32MB
work_mem = 2MB
maintenance_work_mem = 16MB
max_wal_size = 128MB
min_wal_size = 16MB
wal_level = minimal
max_wal_senders = 0
max_worker_processes = 2
max_parallel_workers_per_gather = 0
max_logical_replication_workers = 0
autovacuum_max_workers = 1
jit = off
huge_pages = off
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %a '
)";

std::string server_settings(const DataDirectory& directory) {
    return "# Written by gantry at each start. Put your own settings into cluster/local.conf.\n"
           "data_directory = " +
           quoted(directory.cluster()) +
           "\n"
           "hba_file = " +
           quoted(directory.settings() / "pg_hba.conf") +
           "\n"
           "ident_file = " +
           quoted(directory.settings() / "pg_ident.conf") +
           "\n"
           "unix_socket_directories = " +
           quoted(directory.socket_directory()) + fixed_settings +
           "include_if_exists = " + quoted(directory.cluster() / "local.conf") + "\n";
}

// Who may become which role, as the operating system's user that the kernel vouches for.
std::string user_map(const ServerUser& user) {
    std::string text = "# map  operating system's user  role\n";
    for (const std::string& name : {user.host_name, user.name}) {
        for (const char* role : {"postgres", private_role})
            text += "gantry \"" + name + "\" " + role + "\n";
        if (!user.differs) break;
    }
    return text;
}

}  // namespace

void write_cluster_configuration(const DataDirectory& directory) {
    write_file(directory.settings() / "postgresql.conf", server_settings(directory));
    write_file(directory.settings() / "pg_hba.conf", "local all all peer map=gantry\n");
    write_file(directory.settings() / "pg_ident.conf", user_map(directory.user()));
}

}  // namespace host::database
