#pragma once

#include <optional>
#include <thread>

#include "host/http/message.hpp"

namespace host::http {

// A request that lives in the connection's bytes at first and is copied, in whole or in part, before these go. Whoever has
// it sees to the locking.
class HeldRequest {
  public:
    // Made by the thread that dispatches: until detach() the connection's bytes are there for as long as this thread is
    // inside dispatch().
    explicit HeldRequest(const Request& request) : view_(&request), home_(std::this_thread::get_id()) {}

    // The handler's view: the whole request until detach(); after that only if it was kept.
    const Request& view() const { return *view_; }
    // Method, path and peer, for answers and log lines.
    const Request& line() const { return line_ ? line_->view() : *view_; }

    void keep();
    void keep_line();
    // For a thread that may find the connection's bytes gone: the line, unless this is the thread that dispatches.
    void secure_line();
    // The dispatching thread leaves: nobody looks at the connection's bytes any more.
    void detach();

  private:
    const Request* view_;  // the connection's bytes, kept_ or line_; only the handler's thread changes it
    std::optional<KeptRequest> kept_;
    std::optional<KeptRequest> line_;
    std::thread::id home_;  // who dispatches; nobody once detached
};

}  // namespace host::http
