#include "host/http/event_loops.hpp"

#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <type_traits>

#include "host/http/transport.hpp"

namespace host::http {

struct EventLoops::Impl {
    // Runs `work` on every worker and waits for all of them.
    template <typename Work>
    void on_each(Work work) {
        std::vector<std::promise<void>> done(transports.size());
        for (std::size_t i = 0; i < transports.size(); ++i) {
            transports[i]->mailbox()->post([&transport = *transports[i], &work, &finished = done[i], i] {
                work(transport, i);
                finished.set_value();
            });
        }
        for (auto& one : done)
            one.get_future().wait();
    }

    std::vector<std::shared_ptr<Transport>> transports;
    // Made anew for each server: once shut down, a reactor does not run again.
    std::shared_ptr<Pistache::Aio::Reactor> reactor;
};

EventLoops::EventLoops(const WorkerParts& parts, std::size_t count) : impl_(std::make_unique<Impl>()) {
    impl_->reactor = Pistache::Aio::Reactor::create();
    impl_->reactor->init(Pistache::Aio::AsyncContext(count, "http"));
    const auto key = impl_->reactor->addHandler(std::make_shared<Transport>(parts));
    for (const auto& handler : impl_->reactor->handlers(key)) {
        impl_->transports.push_back(std::static_pointer_cast<Transport>(handler));
    }
    impl_->reactor->run();
    impl_->on_each([](Transport& transport, std::size_t) { transport.settle(); });
}

EventLoops::~EventLoops() {
    impl_->on_each([](Transport& transport, std::size_t) {
        transport.cut();
        transport.mailbox()->close();
    });
    impl_->reactor->shutdown();
    impl_->reactor.reset();  // joins
    // Closed only because this Pistache never does; one that learns to has a destructor.
    if constexpr (std::is_trivially_destructible_v<Pistache::NotifyFd>) {
        for (const auto& transport : impl_->transports) {
            if (transport->leaked_descriptor() >= 0) ::close(transport->leaked_descriptor());
        }
    }
}

void EventLoops::accept_from(const std::vector<int>& descriptors, Protection protection) {
    impl_->on_each([&](Transport& transport, std::size_t i) { transport.accept_from(descriptors[i], protection); });
}

bool EventLoops::turn_within(std::chrono::microseconds patience) const {
    // Shared with the messages: a worker that is late finds it alive.
    struct Turns {
        explicit Turns(std::size_t workers) : missing(workers) {}
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t missing;
    };
    const auto turns = std::make_shared<Turns>(impl_->transports.size());
    for (const auto& transport : impl_->transports) {
        transport->mailbox()->post([turns] {
            std::lock_guard lock(turns->mutex);
            --turns->missing;
            turns->changed.notify_all();
        });
    }
    std::unique_lock lock(turns->mutex);
    return turns->changed.wait_for(lock, patience, [&] { return turns->missing == 0; });
}

void EventLoops::drain() {
    impl_->on_each([](Transport& transport, std::size_t) { transport.drain(); });
}

std::size_t EventLoops::cut() {
    std::atomic<std::size_t> owed{0};
    impl_->on_each([&](Transport& transport, std::size_t) { owed += transport.cut(); });
    return owed;
}

Worker::Totals EventLoops::totals() const {
    Worker::Totals totals;
    for (const auto& transport : impl_->transports) {
        totals.requests_open += transport->counters().requests_open;
        totals.requests += transport->counters().requests;
        totals.refused += transport->counters().refused;
        totals.tls_handshakes += transport->counters().tls_handshakes;
        totals.tls_failures += transport->counters().tls_failures;
    }
    return totals;
}

}  // namespace host::http
