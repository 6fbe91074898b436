#include "host/database/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;

namespace {

// What the child needs, laid out before fork(): between fork() and exec() nothing may allocate.
struct Launch {
    std::vector<char*> arguments;
    std::vector<char*> environment;
    const ServerUser* user;
    int output;
    int death_signal;
    pid_t parent;
};

// Never returns. The exit codes say in the log of the host which step failed.
[[noreturn]] void run_child(const Launch& launch) {
    setsid();  // ^C at the terminal is for the host, which then stops PostgreSQL in its own order
    struct sigaction ordinary {};
    ordinary.sa_handler = SIG_DFL;
    for (int number = 1; number < 65; ++number)
        sigaction(number, &ordinary, nullptr);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    umask(077);
    if (!become(*launch.user)) _exit(126);
    prctl(PR_SET_PDEATHSIG, launch.death_signal);  // after become(): a change of user clears it
    if (getppid() != launch.parent) _exit(125);    // the host died before the line above
    if (chdir("/") != 0) _exit(124);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 0);
    dup2(launch.output, 1);
    dup2(launch.output, 2);
    syscall(SYS_close_range, 3U, ~0U, 0U);  // or PostgreSQL would keep the host's listening sockets open
    execve(launch.arguments.front(), launch.arguments.data(), launch.environment.data());
    _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

Error failure(const std::string& what) {
    return {Code::Unavailable, what + ": " + std::strerror(errno)};
}

}  // namespace

Process::Process(const Program& program, const ServerUser& user) {
    auto arguments = program.arguments;
    const auto binaries = std::filesystem::path(arguments.front()).parent_path().string();
    std::vector<std::string> environment{"PATH=" + binaries + ":/usr/bin:/bin", "HOME=/", "LC_ALL=C.UTF-8", "TZ=UTC"};
    const int output = open(program.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (output < 0) throw failure("cannot write " + program.log.string());

    const Launch launch{pointers(arguments), pointers(environment), &user, output, program.death_signal, getpid()};
    id_ = fork();
    if (id_ == 0) run_child(launch);
    const Error refused = failure("cannot start " + program.arguments.front());
    close(output);
    if (id_ < 0) throw refused;
    descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));  // glibc 2.36 declares it for C only
    if (descriptor_ >= 0) return;
    const Error unwatched = failure("cannot watch " + program.arguments.front());
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
    throw unwatched;
}

Process::~Process() {
    close(descriptor_);
}

std::optional<int> Process::wait(std::chrono::milliseconds wait_max) {
    if (status_) return status_;
    const auto until = std::chrono::steady_clock::now() + wait_max;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd ended{descriptor_, POLLIN, 0};
        const int ready = poll(&ended, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (ready > 0) break;
        if (ready == 0) return std::nullopt;
    }
    int status = 0;
    waitpid(id_, &status, 0);
    status_ = status;
    return status_;
}

void Process::signal(int number) const {
    if (!status_) kill(id_, number);
}

std::string describe_wait_status(int status) {
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace host::database
