#include "host/check/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string_view>
#include <system_error>

#include "host/core/error.hpp"
#include "host/plugin/descriptor.hpp"

namespace host::check {

namespace {

using plugin::Descriptor;
using Clock = std::chrono::steady_clock;

// A file in memory rather than a pipe: nobody has to read while it is written.
Descriptor memory_file(const char* name) {
    Descriptor file(::memfd_create(name, MFD_CLOEXEC));
    if (!file) throw core::Error(core::Code::Unavailable, std::string("no memory file: ") + std::strerror(errno));
    return file;
}

std::string content_of(const Descriptor& file) {
    std::string text;
    std::array<char, 65'536> buffer{};
    ::lseek(file.get(), 0, SEEK_SET);
    for (ssize_t got = 0; (got = ::read(file.get(), buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    return text;
}

[[noreturn]] void be_the_child(const std::function<void(Trial&)>& work, std::uint64_t seed, int report, int output,
                               pid_t parent) {
    ::setpgid(0, 0);  // so that whatever the plugin starts can be ended with it
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    Trial trial(report, seed);
    try {
        work(trial);
    } catch (const std::exception& error) {
        trial.give_up(error.what());
    } catch (...) {
        trial.give_up("an unknown exception");
    }
    trial.done();
    // Not exit(): the plugin may have left something that would run then, and the cases look for that themselves.
    ::_exit(0);
}

// False: the time is over.
bool wait_for(pid_t child, std::chrono::milliseconds time_max) {
    const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (!handle) throw core::Error(core::Code::Unavailable, std::string("pidfd_open: ") + std::strerror(errno));
    const auto deadline = Clock::now() + time_max;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd ended{handle.get(), POLLIN, 0};
        const int ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (errno != EINTR) return false;
    }
}

std::string end_of(int status) {
    if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        const char* name = ::sigabbrev_np(number);
        return "the process died of SIG" + (name != nullptr ? std::string(name) : std::to_string(number));
    }
    return "the process ended by itself with exit code " + std::to_string(WEXITSTATUS(status));
}

// The line of a sanitizer's report that says what it is, or the last lines of all.
std::string telling_part(const std::string& output) {
    for (const std::string_view mark : {"ERROR: ", "WARNING: ThreadSanitizer", "runtime error: "}) {
        const std::size_t found = output.find(mark);
        if (found != output.npos) return output.substr(found, std::min(output.find('\n', found), found + 400) - found);
    }
    std::string_view text = output;
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    std::size_t begin = text.size();
    for (int lines = 0; lines < 3 && begin != 0; ++lines)
        begin = begin == text.size() && lines == 0 ? text.rfind('\n') : text.rfind('\n', begin - 1);
    if (begin == text.npos) begin = 0;
    return std::string(text.substr(begin).substr(0, 600));
}

bool reported_by_sanitizer(const std::string& output) {
    return output.find("runtime error: ") != output.npos || output.find("WARNING: ThreadSanitizer") != output.npos;
}

void read_report(const std::string& report, Attempt& attempt, std::string& place, bool& done) {
    std::string_view rest = report;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        if (end == rest.npos) return;  // cut off in the middle of a line
        const gantry::Json line = gantry::Json::parse(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        const auto& [kind, value] = line.members().front();
        if (kind == "at") place = value.as_string();
        if (kind == "finding") attempt.findings.push_back(value.as_string());
        if (kind == "skip") attempt.skipped = value.as_string();
        if (kind == "fact") attempt.facts.push_back(value);
        if (kind == "done") done = true;
    }
}

}  // namespace

Attempt run_in_child(const std::function<void(Trial&)>& work, std::uint64_t seed, std::chrono::milliseconds time_max) {
    const Descriptor report = memory_file("gantry:report");
    const Descriptor output = memory_file("gantry:output");
    std::cout.flush();
    std::cerr.flush();
    const auto begin = Clock::now();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw core::Error(core::Code::Unavailable, std::string("fork: ") + std::strerror(errno));
    if (child == 0) be_the_child(work, seed, report.get(), output.get(), parent);
    ::setpgid(child, child);  // on both sides: whoever comes first
    const bool in_time = wait_for(child, time_max);
    ::kill(-child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    Attempt attempt;
    attempt.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    std::string place;
    bool done = false;
    read_report(content_of(report), attempt, place, done);
    const std::string said = content_of(output);
    const std::string before = place.empty() ? "" : place + ": ";
    const std::string after = said.empty() ? "" : ": " + printable(telling_part(said));
    if (!in_time) {
        attempt.findings.push_back(before + "no end after " + std::to_string(time_max.count()) + " ms" + after);
    } else if (!done) {
        attempt.findings.push_back(before + end_of(status) + after);
    } else if (reported_by_sanitizer(said)) {
        attempt.findings.push_back(before + "a sanitizer reports" + after);
    }
    return attempt;
}

}  // namespace host::check
