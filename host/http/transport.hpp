#pragma once

#include <pistache/os.h>
#include <pistache/reactor.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

#include "host/http/connection.hpp"
#include "host/http/worker.hpp"

namespace host::http {

// A worker on Pistache's transport: accepts for itself, reads and writes by itself, and uses of the base what is sound
// (the peers and the reactor's epoll). The base's queues are never bound: their wake-ups can be lost and their writes go
// to descriptor numbers, which may belong to another client by then.
class Transport final : public Pistache::Tcp::Transport, public Worker {
  public:
    explicit Transport(const WorkerParts& parts);
    ~Transport() override;

    // Pistache makes one of these for each thread out of the one it is given.
    std::shared_ptr<Pistache::Aio::Handler> clone() const override;
    void registerPoller(Pistache::Polling::Epoll& poller) override;
    void onReady(const Pistache::Aio::FdSet& events) override;

    void watch_writes(Connection& connection) override;
    void release(Connection& connection) override;

    // On the worker's thread, through its mailbox.
    void settle();
    void accept_from(int descriptor, Protection protection);
    void drain();
    std::size_t cut();

    // The descriptor of the reactor that its destructor leaves open; see reactor_leak.hpp.
    int leaked_descriptor() const { return leaked_descriptor_; }

  private:
    void accept_ready();
    struct Listening {
        int descriptor;
        Protection protection;
    };
    bool accept_one(const Listening& listener);
    void adopt(int descriptor, std::string peer, Protection protection);
    std::unique_ptr<TlsChannel> protect(Protection protection) const;
    void pause_accepting();
    void resume_accepting();
    void stop_accepting();
    void tick();

    int timer_;
    int leaked_descriptor_ = -1;
    std::vector<Listening> listeners_;
    bool accepting_paused_ = false;
    bool exhaustion_logged_ = false;
    std::unordered_map<int, std::shared_ptr<Connection>> connections_;
};

}  // namespace host::http
