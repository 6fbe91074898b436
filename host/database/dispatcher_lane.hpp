#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <vector>

#include "host/database/dispatcher.hpp"

namespace host::database {

// What the dispatcher knows of a lane. Guarded by its lock.
struct Dispatcher::Lane {
    Lane() : cancel_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~Lane() { ::close(cancel_event); }

    std::condition_variable wake;
    bool idle = false;
    bool soon_back = false;            // it has nothing but quick statements
    std::deque<OperationPointer> own;  // of the open transaction
    std::uint64_t transaction = 0;     // open, or ended with its End still in `own`
    std::shared_ptr<User> user;        // whose transaction it is
    bool damaged = false;
    std::vector<Operation*> running;  // several of them cannot be interrupted: they end soon, one way or the other
    bool interrupted = false;
    const int cancel_event;
};

}  // namespace host::database
