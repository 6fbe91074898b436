#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace host::database {

// The operating system's user that PostgreSQL runs as. PostgreSQL refuses root, so a host started by root hands the
// cluster to "postgres" or "nobody"; any other host runs it as itself.
struct ServerUser {
    uid_t uid;
    gid_t gid;
    std::string name;
    std::string host_name;  // of the user that the host itself runs as
    bool differs;           // from the host's own
};

// Throws Unavailable if there is no usable user.
ServerUser find_server_user();

// Becomes that user for good. Only raw system calls: this runs between fork() and exec() of a process with many
// threads, where glibc's own setuid would wait for threads that do not exist in the child.
bool become(const ServerUser& user);

// Throws Unavailable if that user cannot enter the directory, saying which parent is closed.
void check_reachable(const ServerUser& user, const std::filesystem::path& directory);

}  // namespace host::database
