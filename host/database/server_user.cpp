#include "host/database/server_user.hpp"

#include <pwd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;

namespace {

struct Account {
    uid_t uid;
    gid_t gid;
    std::string name;
};

std::optional<Account> account_of(const passwd* entry) {
    if (entry == nullptr) return std::nullopt;
    return Account{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

std::optional<Account> account_named(const char* name) {
    passwd storage{};
    passwd* found = nullptr;
    std::array<char, 4096> text;
    getpwnam_r(name, &storage, text.data(), text.size(), &found);
    return account_of(found);
}

std::optional<Account> account_of(uid_t uid) {
    passwd storage{};
    passwd* found = nullptr;
    std::array<char, 4096> text;
    getpwuid_r(uid, &storage, text.data(), text.size(), &found);
    return account_of(found);
}

enum Probe : int { Reachable = 0, Closed = 1, NotPermitted = 2 };

// Asks as the other user: root itself may enter everything and would learn nothing.
int probe(const ServerUser& user, const std::filesystem::path& directory) {
    const pid_t child = fork();
    if (child == 0) {
        if (!become(user)) _exit(NotPermitted);
        _exit(access(directory.c_str(), X_OK) == 0 ? Reachable : Closed);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return NotPermitted;
    return WEXITSTATUS(status);
}

}  // namespace

ServerUser find_server_user() {
    const auto host = account_of(geteuid());
    if (!host) {
        throw Error{Code::Unavailable, "user id " + std::to_string(geteuid()) +
                                           " has no passwd entry, which PostgreSQL demands: add one or set database.url"};
    }
    if (host->uid != 0) return {host->uid, host->gid, host->name, host->name, false};
    for (const char* name : {"postgres", "nobody"}) {
        const auto account = account_named(name);
        if (account && account->uid != 0) return {account->uid, account->gid, account->name, host->name, true};
    }
    throw Error{Code::Unavailable,
                "PostgreSQL cannot run as root and there is neither a user \"postgres\" nor \"nobody\": "
                "start the host as an ordinary user or set database.url"};
}

bool become(const ServerUser& user) {
    if (!user.differs) return true;
    return syscall(SYS_setgroups, 0, nullptr) == 0 && syscall(SYS_setresgid, user.gid, user.gid, user.gid) == 0 &&
           syscall(SYS_setresuid, user.uid, user.uid, user.uid) == 0;
}

void check_reachable(const ServerUser& user, const std::filesystem::path& directory) {
    if (!user.differs) return;
    const int answer = probe(user, directory);
    if (answer == Reachable) return;
    if (answer == NotPermitted) {
        throw Error{Code::Unavailable, "the host runs as root but may not switch to user \"" + user.name +
                                           "\" (CAP_SETUID and CAP_SETGID are missing)"};
    }
    std::filesystem::path closed = directory;
    for (auto parent = directory; parent != parent.root_path(); parent = parent.parent_path()) {
        if (probe(user, parent) == Closed) closed = parent;
    }
    throw Error{Code::Unavailable, "user \"" + user.name + "\", who runs PostgreSQL, cannot enter " + closed.string() +
                                       ": open it (chmod o+x) or move data_directory"};
}

}  // namespace host::database
