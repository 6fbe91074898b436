#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"

namespace tests {

// A redis-server of a test's own, on a unix socket in a folder of its own; keeps nothing on disk.
class RedisServer {
  public:
    // `options` as on its command line. Does not start it.
    explicit RedisServer(std::vector<std::string> options = {}) : options_(std::move(options)) {}
    ~RedisServer() { kill(); }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    // Returns when it accepts connections.
    void start();
    // SIGKILL.
    void kill();
    // SIGSTOP and SIGCONT: a server that is there and does not answer.
    void freeze() const;
    void thaw() const;

    std::string socket() const { return directory_.path() / "redis.sock"; }
    std::string url() const { return "unix:" + socket(); }

  private:
    const TemporaryDirectory directory_;
    const std::vector<std::string> options_;
    pid_t process_ = 0;
};

}  // namespace tests
