#pragma once

#include <gantry/plugin.hpp>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace bench {

// Sends the same message to all of its sockets once a second.
class Broadcast {
  public:
    Broadcast();
    void add(const gantry::Request& request);

  private:
    struct Listener;
    void remove(const gantry::WebSocketSender& socket);
    void run(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any stopping_;
    std::vector<gantry::WebSocketSender> sockets_;
    std::jthread thread_;
};

}  // namespace bench
