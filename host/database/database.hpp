#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "host/database/access.hpp"
#include "host/database/client.hpp"
#include "host/database/counts.hpp"
#include "host/database/listener.hpp"
#include "host/database/settings.hpp"
#include "host/log/logger.hpp"

namespace host::database {

class Dispatcher;
class Executor;
class PrivateCluster;

// What a health page says.
struct Health {
    bool ok = false;
    std::string detail;  // for the administrator; empty when ok
    std::chrono::microseconds latency{};
};

// The room's face: PostgreSQL, external or the host's own, with threads that run statements on its connections.
class Database {
  public:
    // Does nothing yet.
    Database(Settings settings, log::Logger logger);
    // As stop(). Every client must have ended.
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Starts the private cluster, if there is no url, and connects. Throws InvalidArgument (settings), Unavailable,
    // Conflict (another host uses the data directory), Denied (roles demanded but not permitted). [control]
    void start();
    // Cancels what is left, completes it, ends every thread and the private cluster. [control]
    void stop();

    // After start(). One for each plugin instance; see Migrator for its schema and role.
    std::unique_ptr<Client> client(const std::string& owner);
    // What sessions of this database tell each other; after start().
    Listener& listener() { return *listener_; }
    // The server is the host's own, so no other host is on it; after start().
    bool is_private() const { return cluster_ != nullptr; }
    // For the Migrator; after start().
    const Access& access() const { return access_; }
    // Asks the server, through the same queue as everybody. Waits at most `wait_max`; not from a completion. Any thread.
    Health ping(std::chrono::milliseconds wait_max);
    // Between start() and stop(); any thread.
    Counts counts() const;

  private:
    void examine_server();
    void answer_refusals();

    const Settings settings_;
    const log::Logger logger_;
    Access access_;
    std::unique_ptr<PrivateCluster> cluster_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<Client> own_client_;
    std::vector<std::unique_ptr<Executor>> executors_;
    std::unique_ptr<Listener> listener_;
    std::thread refuser_;
};

}  // namespace host::database
