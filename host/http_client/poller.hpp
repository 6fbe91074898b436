#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace host::http_client {

// epoll, and the way to end its wait from outside. The kernel is told of changes only when it is about to wait: libcurl lets
// a kept connection go and takes it up again for the next call, and of the two nothing is left to tell.
class Poller {
  public:
    // Throws Unavailable when there are no descriptors left.
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    // A socket whose end closed() will tell, in time. Of any other, what is wanted is told to the kernel at once, for its
    // number may come again and mean another.
    void opened(int socket);
    // Is about to be closed.
    void closed(int socket);
    // From the next wait() on; 0: nothing.
    void want(int socket, std::uint32_t events);

    // What has happened; valid until the next call. -1: however long it takes.
    std::span<const epoll_event> wait(int milliseconds);
    // Ends a wait, or the next one. Any thread.
    void wake();

  private:
    struct Interest {
        std::uint32_t wanted = 0;
        std::uint32_t told = 0;  // to the kernel
        bool followed = false;   // opened() and not yet closed()
        bool changed = false;    // is in changed_
    };
    Interest& interest(int socket);
    void tell_changes();
    void tell(int socket, Interest& interest);

    static constexpr int batch_max = 64;
    int epoll_ = -1;
    int wake_ = -1;                    // eventfd
    std::vector<Interest> interests_;  // by socket: the kernel gives out the smallest free number
    std::vector<int> changed_;
    std::array<epoll_event, batch_max> ready_{};
};

}  // namespace host::http_client
