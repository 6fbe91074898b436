#include <unistd.h>

#include <csignal>
#include <iostream>
#include <utility>

#include "host/app/application.hpp"
#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"
#include "host/core/clock.hpp"
#include "host/core/version.hpp"

namespace host::cli {

namespace {

int wait_for_signal() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM})
        sigaddset(&ends, signal);
    int received = 0;
    sigwait(&ends, &received);
    return received;
}

void print_banner(const app::Application& application, std::uint64_t started_ns) {
    const std::uint64_t milliseconds = (core::mono_ns() - started_ns) / 1'000'000;
    std::cout << "gantry " << core::version() << " serves (ready in " << milliseconds << " ms)\n";
    for (const std::string& address : application.addresses()) {
        std::cout << "  " << (address.starts_with("unix:") || address.starts_with("https://") ? "" : "http://") << address
                  << '\n';
    }
    for (const app::PluginStatus& plugin : application.plugins()) {
        std::cout << "  plugin " << plugin.id << ' ' << plugin.version << ' ' << plugin.state;
        if (!plugin.problem.empty()) std::cout << ": " << plugin.problem;
        std::cout << '\n';
    }
    std::cout << (isatty(STDIN_FILENO) ? "  Ctrl-C stops it" : "  SIGTERM stops it") << std::endl;
}

// A second signal during the drain means now: the default action ends the process, the cluster follows it.
void let_signals_kill() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM})
        sigaddset(&ends, signal);
    pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
}

}  // namespace

int serve(const std::string& config_file) {
    const std::uint64_t started_ns = core::mono_ns();
    config::Examined examined = config::examine(config_file, config::process_environment());
    if (!examined.errors.empty()) app::check(examined);  // throws them, with those of the plugins' settings
    app::Application application(std::move(examined.config));
    application.start();
    print_banner(application, started_ns);
    wait_for_signal();
    let_signals_kill();
    std::cout << "stopping: requests under way may finish (once more to stop at once)" << std::endl;
    application.stop();
    std::cout << "stopped" << std::endl;
    return Ok;
}

}  // namespace host::cli
