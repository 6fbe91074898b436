#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "host/database/connection.hpp"
#include "host/database/dispatcher.hpp"
#include "host/database/reconnector.hpp"
#include "host/log/logger.hpp"

namespace host::database {

// A lane: one thread with one connection that performs what the dispatcher gives it. Keeps its connection alive.
class Executor {
  public:
    struct Settings {
        std::string session_url;
        std::chrono::milliseconds connect_deadline;
        std::size_t result_bytes_max;
    };

    // `dispatcher` outlives the executor.
    Executor(Dispatcher& dispatcher, std::size_t lane, Settings settings, log::Logger logger);
    // Waits for the thread, which ends after dispatcher.close().
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

  private:
    void run();
    void complete(const Operation& operation, Outcome&& outcome);
    void perform_batch(Batch batch);
    std::vector<Rows> perform_together(const Batch& batch);
    Outcome perform(const Operation& operation);
    void carry_out(const Operation& operation, Outcome& outcome);
    // Query and Copy.
    Rows perform_work(const Operation& operation, const Bounds& bounds);
    Rows perform_alone(const Operation& operation, const Bounds& bounds);
    Rows perform_in_transaction(const Operation& operation, const Bounds& bounds);
    // Undoes what a statement began that was none of its own business.
    void leave_no_transaction();
    void begin(const Operation& operation, const Bounds& bounds, Outcome& outcome);
    void end(Ending ending, const Bounds& bounds);
    void commit(const Bounds& bounds);
    // Leaves the connection outside of any transaction, or closed.
    void roll_back();
    void prepare_for(const Operation& operation, const Bounds& bounds);

    Dispatcher& dispatcher_;
    const std::size_t lane_;
    const Settings settings_;
    const log::Logger logger_;
    Connection connection_;
    Reconnector reconnector_;
    bool damaged_ = false;  // the open transaction lost a statement without the server's knowledge
    std::thread thread_;
};

}  // namespace host::database
