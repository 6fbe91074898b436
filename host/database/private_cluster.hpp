#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "host/core/error.hpp"
#include "host/core/locked.hpp"
#include "host/database/data_directory.hpp"
#include "host/database/process.hpp"
#include "host/log/logger.hpp"

namespace host::database {

// A PostgreSQL server of the host's own, reachable through a unix socket only: made when it does not exist, started,
// started again when it dies, stopped with the host and, should the host be killed, by the kernel.
class PrivateCluster {
  public:
    struct Settings {
        std::filesystem::path data_directory;              // the host's; the cluster lives in <data_directory>/postgresql
        std::filesystem::path binaries_directory;          // empty: found
        std::chrono::milliseconds start_deadline{60'000};  // recovery after a crash takes its time
    };
    struct State {
        bool running = false;
        std::string detail;  // why it is not running
        unsigned restarts = 0;
    };

    PrivateCluster(Settings settings, log::Logger logger);
    // As stop().
    ~PrivateCluster();
    PrivateCluster(const PrivateCluster&) = delete;
    PrivateCluster& operator=(const PrivateCluster&) = delete;

    // Returns when the server accepts connections. Throws Conflict if another host uses the directory, else Unavailable.
    // Once only.
    void start();
    // Lets running statements be broken off, writes everything down, ends. [any thread but a signal handler]
    void stop();

    // Of the host's database, as the host's role. Valid after start(), the same after every restart.
    std::string url() const;
    // Of the cluster that a running host keeps below `data_directory`, for commands beside it; empty: none does.
    static std::string url_beside_host(const std::filesystem::path& data_directory);
    State state() const;
    pid_t postmaster() const { return postmaster_; }

  private:
    void initialise();
    void bootstrap() const;
    std::string url_of(const std::string& database, const std::string& role) const;
    // Why the first start failed, told by the supervisor's thread. Not the exception itself: its text is shared between
    // threads in a way that ThreadSanitizer cannot see through.
    struct Refusal {
        core::Code code;
        std::string reason;
    };
    void supervise(std::promise<std::optional<Refusal>> first_start);
    // Returns when the server is ready; throws Unavailable if it ended or is not ready in time.
    void launch(std::unique_ptr<Process>& server);
    void terminate(Process& server) const;
    // True: stop() was called meanwhile.
    bool pause(std::chrono::milliseconds duration) const;
    std::string last_words() const;

    const Settings settings_;
    const log::Logger logger_;
    std::filesystem::path binaries_;
    std::unique_ptr<DataDirectory> directory_;
    core::Locked<State> state_;
    std::atomic<pid_t> postmaster_{0};
    int stop_event_ = -1;
    // The kernel ends the server when the thread that forked it ends, so all starts happen here, on a thread that
    // outlives every server it starts.
    std::thread supervisor_;
};

}  // namespace host::database
