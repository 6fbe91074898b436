#include "host/database/data_directory.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t server_log_bytes_max = 16 * 1024 * 1024;

Error failure(const std::string& what) {
    return {Code::Unavailable, what + ": " + std::strerror(errno)};
}

void make_directory(const fs::path& directory, mode_t mode) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) throw Error{Code::Unavailable, "cannot make " + directory.string() + ": " + error.message()};
    if (chmod(directory.c_str(), mode) != 0) throw failure("cannot set the mode of " + directory.string());
}

// One old file is enough to see why the server ended; more would fill the disk unseen.
void rotate(const fs::path& log) {
    std::error_code absent;
    const auto size = fs::file_size(log, absent);
    if (!absent && size > server_log_bytes_max) fs::rename(log, log.string() + ".1", absent);
}

}  // namespace

DataDirectory::DataDirectory(fs::path root, ServerUser user, log::Logger logger)
    : root_(fs::absolute(root).lexically_normal()), user_(std::move(user)), logger_(std::move(logger)) {
    // Searchable by PostgreSQL's user, readable by the host's alone.
    make_directory(root_, user_.differs ? 0711 : 0700);
    check_reachable(user_, root_);
    take_lock();
    make_directory(settings(), 0755);
    choose_socket_directory();
    rotate(server_log());
}

DataDirectory::~DataDirectory() {
    std::error_code ignored;
    if (socket_directory_.parent_path() != root_) fs::remove_all(socket_directory_, ignored);
    close(lock_);
}

void DataDirectory::take_lock() {
    const fs::path file = root_ / "host.lock";
    lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_ < 0) throw failure("cannot open " + file.string());
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        char holder[16] = {};
        const ssize_t size = pread(lock_, holder, sizeof holder - 1, 0);
        close(lock_);
        throw Error{Code::Conflict, "another gantry host (pid " + std::string(size > 0 ? holder : "unknown") +
                                        ") uses the data directory " + root_.parent_path().string()};
    }
    const std::string self = std::to_string(getpid());
    if (ftruncate(lock_, 0) != 0 || pwrite(lock_, self.data(), self.size(), 0) < 0) {
        const Error full = failure("cannot write " + file.string());
        close(lock_);
        throw full;
    }
}

void DataDirectory::give_to_server(const fs::path& directory, mode_t mode, gid_t group) const {
    make_directory(directory, mode);
    if (user_.differs && chown(directory.c_str(), user_.uid, group) != 0)
        throw failure("cannot hand over " + directory.string());
}

// A socket's path is cut at sizeof sun_path; PostgreSQL refuses longer ones. Never an abstract socket: anybody on the
// machine could connect to, or take, such a name.
void DataDirectory::choose_socket_directory() {
    socket_directory_ = root_ / "run";
    const std::size_t path_size = (socket_directory_ / ".s.PGSQL.5432").string().size();
    if (path_size < sizeof(sockaddr_un{}.sun_path)) return;
    char name[] = "/tmp/.gantry-XXXXXX";
    if (mkdtemp(name) == nullptr) throw failure("cannot make a directory for the socket in /tmp");
    socket_directory_ = name;
}

bool DataDirectory::has_cluster() const {
    return fs::exists(cluster() / "PG_VERSION");
}

fs::path DataDirectory::make_draft() const {
    for (const auto& entry : fs::directory_iterator(root_)) {
        if (entry.path().filename().string().rfind("init-", 0) == 0) fs::remove_all(entry.path());
    }
    fs::path draft = root_ / ("init-" + std::to_string(getpid()));
    give_to_server(draft, 0700, user_.gid);
    return draft;
}

void DataDirectory::adopt(const fs::path& draft) const {
    if (rename(draft.c_str(), cluster().c_str()) != 0) throw failure("cannot rename " + draft.string() + " to cluster");
}

// Every process of PostgreSQL has the cluster as its working directory. That of a zombie cannot be read, which is right:
// it has let go of its files, whereas kill(pid, 0) still finds it, for ever under a PID 1 that does not reap.
std::vector<pid_t> DataDirectory::processes() const {
    std::vector<pid_t> found;
    std::error_code ignored;
    const std::string wanted = fs::weakly_canonical(cluster(), ignored).string();
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
        const pid_t id = std::atoi(entry.path().filename().c_str());
        if (id <= 0 || id == getpid()) continue;
        char target[PATH_MAX];
        const ssize_t size = readlink((entry.path() / "cwd").c_str(), target, sizeof target);
        if (size > 0 && std::string_view(target, static_cast<std::size_t>(size)) == wanted) found.push_back(id);
    }
    return found;
}

// host.lock is ours, so whatever still works in the cluster has lost its host. A second postmaster beside such a process
// would corrupt the data; and a pid file alone proves nothing, its number may long be somebody else's.
void DataDirectory::clear_remains() const {
    auto orphans = processes();
    std::ifstream pid_file(cluster() / "postmaster.pid");
    pid_t postmaster = 0;
    pid_file >> postmaster;
    // A postmaster answers SIGINT with an orderly end, which takes a checkpoint; a backend only cancels its query.
    const auto patience = std::count(orphans.begin(), orphans.end(), postmaster) > 0 ? 10'000ms : 500ms;
    if (!orphans.empty())
        logger_.warn("stopping PostgreSQL processes that lost their host", {{"processes", orphans.size()}});
    for (const int number : {SIGINT, SIGQUIT, SIGKILL}) {
        for (const pid_t id : orphans)
            kill(id, number);
        const auto until = std::chrono::steady_clock::now() + (number == SIGINT ? patience : 5'000ms);
        while (!(orphans = processes()).empty() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(5ms);
        if (orphans.empty()) break;
    }
    if (!orphans.empty()) {
        throw Error{Code::Unavailable,
                    "process " + std::to_string(orphans.front()) + " works in " + cluster().string() + " and does not end"};
    }
    std::error_code ignored;
    fs::remove(cluster() / "postmaster.pid", ignored);
    for (const auto& entry : fs::directory_iterator(socket_directory_, ignored))
        fs::remove_all(entry.path(), ignored);
    give_to_server(socket_directory_, 0750, getegid());  // the host enters by its group, without root's privileges
}

std::string DataDirectory::postmaster_state(pid_t postmaster) const {
    std::ifstream file(cluster() / "postmaster.pid");
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (number == 1 && std::atoi(line.c_str()) != postmaster) return {};
        if (number == 8) return line.substr(0, line.find(' '));
    }
    return {};
}

}  // namespace host::database
