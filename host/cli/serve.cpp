#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>
#include <iostream>
#include <string>
#include <utility>

#include "host/app/application.hpp"
#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/service_manager.hpp"
#include "host/config/config.hpp"
#include "host/core/clock.hpp"
#include "host/core/version.hpp"

namespace host::cli {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    return set;
}

void reload(app::Application& application) {
    const app::ReloadOutcome outcome = application.reload();
    if (outcome.swapped)
        std::cout << "reloaded: generation " << outcome.generation << " serves\n";
    else
        std::cout << "not reloaded, the former generation serves on:\n";
    for (const std::string& problem : outcome.problems)
        std::cout << "  " << problem << '\n';
    for (const std::string& setting : outcome.restart_needed)
        std::cout << "  " << setting << " changed: it takes effect at the next start\n";
    std::cout << std::flush;
}

std::string status_of(const app::Application& application) {
    return "serving " + std::to_string(application.plugins().size()) + " plugins";
}

// SIGHUP reloads; returns at a signal that ends the host.
void serve_until_signal(app::Application& application, const ServiceManager& manager) {
    const sigset_t awaited = set_of({SIGINT, SIGTERM, SIGHUP});
    for (;;) {
        int received = 0;
        sigwait(&awaited, &received);
        if (received != SIGHUP) return;
        manager.reloading();
        reload(application);
        manager.ready(status_of(application));
    }
}

config::Config read_config(const std::string& file) {
    config::Examined examined = config::examine(file, config::process_environment());
    if (!examined.errors.empty()) app::check(examined);  // throws them, with those of the plugins' settings
    app::check_values(examined.config);
    return std::move(examined.config);
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
    const sigset_t ends = set_of({SIGINT, SIGTERM});
    pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
}

// Without destructors: they would wait for a thread that a plugin does not give back. All that counts has ended.
[[noreturn]] void leave() {
    std::cout << "stopped, but a plugin never returned from a call: the log names it" << std::endl;
    ::_exit(Failed);
}

}  // namespace

int serve(const std::string& config_file) {
    const std::uint64_t started_ns = core::mono_ns();
    app::Application application(read_config(config_file), [config_file] { return read_config(config_file); });
    application.start();
    // What starting took and does not need any more: 0.4 to 1.6 MB were seen.
    malloc_trim(0);
    print_banner(application, started_ns);
    const ServiceManager manager;
    manager.ready(status_of(application));
    {
        const SignsOfLife signs(manager,
                                [&](std::chrono::microseconds patience) { return application.responds_within(patience); });
        serve_until_signal(application, manager);
    }
    manager.stopping();
    let_signals_kill();
    std::cout << "stopping: requests under way may finish (once more to stop at once)" << std::endl;
    if (!application.stop()) leave();
    std::cout << "stopped" << std::endl;
    return Ok;
}

}  // namespace host::cli
