#pragma once

#include <filesystem>
#include <vector>

#include <sys/types.h>

#include "host/database/server_user.hpp"
#include "host/log/logger.hpp"

namespace host::database {

// The folder of a private cluster on disk, and the right to it:
//   <root>/host.lock   held by the one host that may touch the rest
//   <root>/cluster/    PostgreSQL's own (PGDATA)
//   <root>/settings/   what the host writes at every start; PostgreSQL only reads it
//   <root>/run/        the socket
//   <root>/server.log  what PostgreSQL prints
// Everything but cluster/ and run/ belongs to the host, so that nothing PostgreSQL owns is ever written by root.
class DataDirectory {
  public:
    // Makes the folders and takes the lock. Throws Conflict if another host has it, Unavailable if the disk refuses.
    DataDirectory(std::filesystem::path root, ServerUser user, log::Logger logger);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path cluster() const { return root_ / "cluster"; }
    std::filesystem::path settings() const { return root_ / "settings"; }
    std::filesystem::path server_log() const { return root_ / "server.log"; }
    const std::filesystem::path& socket_directory() const { return socket_directory_; }
    const ServerUser& user() const { return user_; }

    bool has_cluster() const;
    // A folder for initdb to fill; what interrupted ones left behind is removed. adopt() makes it the cluster.
    std::filesystem::path make_draft() const;
    void adopt(const std::filesystem::path& draft) const;

    // Stops every process of an earlier postmaster and removes what it left: the pid file and the socket. To be called
    // before each start. Throws Unavailable if one of them does not die.
    void clear_remains() const;
    // "ready", "starting", ...: what the postmaster with this id has written about itself; empty if nothing.
    std::string postmaster_state(pid_t postmaster) const;
    // The processes at work in the cluster.
    std::vector<pid_t> processes() const;

  private:
    void take_lock();
    void give_to_server(const std::filesystem::path& directory, mode_t mode, gid_t group) const;
    void choose_socket_directory();

    const std::filesystem::path root_;
    const ServerUser user_;
    const log::Logger logger_;
    int lock_ = -1;
    std::filesystem::path socket_directory_;
};

}  // namespace host::database
