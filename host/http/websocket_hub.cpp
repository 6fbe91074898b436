#include "host/http/websocket_hub.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/http/websocket_loop.hpp"
#include "host/http/websocket_session.hpp"

namespace host::http {

namespace {

namespace net = boost::asio;
using Session = WebSocketSession;

constexpr std::chrono::milliseconds tick_interval{250};
constexpr const char* stopping = "the server is stopping";
constexpr const char* restarting = "the service restarts";

}  // namespace

class WebSocketHub::Impl {
  public:
    Impl(const Settings& settings, log::Logger logger)
        : settings_(settings),
          logger_(std::move(logger)),
          loop_(std::make_shared<WebSocketLoop>()),
          timer_(loop_->context) {}

    void start() {
        if (thread_.joinable()) return;
        loop_->context.restart();
        work_.emplace(net::make_work_guard(loop_->context));
        draining_ = false;
        schedule_tick();
        thread_ = std::thread([this] { run(); });
    }

    void stop() {
        if (!thread_.joinable()) return;
        draining_ = true;
        net::post(loop_->context, [this] {
            timer_.cancel();
            cut_all();
            work_.reset();
        });
        thread_.join();
    }

    void reserve() {
        if (draining_) throw core::Error(core::Code::Unavailable, "the server is stopping");
        if (open_.fetch_add(1) < settings_.websocket.sockets_max) return;
        give_back();
        ++refused_;
        throw core::Error(core::Code::Busy, "the server has as many WebSockets as it accepts");
    }

    void give_back() {
        // Under the lock: whoever waits may destroy this as soon as it can take it.
        std::lock_guard lock(mutex_);
        if (--open_ == 0) emptied_.notify_all();
    }

    Opened open(Terms terms, WebSocketEvents events) {
        ++accepted_;
        Session::Terms made{std::move(terms.handshake), settings_.websocket,    settings_.write_deadline,
                            settings_.head_deadline,    std::move(terms.owner), terms.instance};
        if (terms.message_bytes_max != 0) made.limits.message_bytes_max = terms.message_bytes_max;
        if (terms.messages_per_second_max != 0) made.limits.messages_per_second_max = terms.messages_per_second_max;
        auto session =
            std::make_shared<Session>(loop_, std::move(made), std::move(events), [this](Session& ended) { forget(ended); });
        net::post(loop_->context, [this, session] {
            sessions_.emplace(session.get(), session);
            if (draining_) session->dismiss_here(close_code::going_away, stopping);
        });
        return {session, UpgradeTicket(session)};
    }

    template <typename Wanted>
    void dismiss_where(Wanted wanted, std::uint16_t code, const char* reason) {
        // A copy: to be dismissed may be to end.
        std::vector<std::shared_ptr<Session>> chosen;
        for (const auto& [address, session] : sessions_)
            if (wanted(*session)) chosen.push_back(session);
        for (const auto& session : chosen)
            session->dismiss_here(code, reason);
    }

    void dismiss_instance(const void* instance, core::Monotonic::time_point deadline) {
        if (!thread_.joinable()) return;
        auto done = std::make_shared<std::promise<void>>();
        std::future<void> finished = done->get_future();
        net::post(loop_->context, [this, instance, done] {
            dismiss_where([&](const Session& session) { return session.instance() == instance; },
                          close_code::service_restart, restarting);
            done->set_value();
        });
        if (finished.wait_until(deadline) != std::future_status::ready)
            logger_.error("the WebSockets' thread is held up by a plugin", {});
    }

    void dismiss_others(const std::string& owner, const void* instance) {
        net::post(loop_->context, [this, owner, instance] {
            dismiss_where([&](const Session& session) { return session.owner() == owner && session.instance() != instance; },
                          close_code::service_restart, restarting);
        });
    }

    std::size_t drain(core::Monotonic::time_point deadline) {
        if (!thread_.joinable()) return 0;
        draining_ = true;
        net::post(loop_->context,
                  [this] { dismiss_where([](const Session&) { return true; }, close_code::going_away, stopping); });
        std::unique_lock lock(mutex_);
        emptied_.wait_until(lock, deadline, [this] { return open_ == 0; });
        const std::size_t left = open_;
        lock.unlock();
        if (left != 0) net::post(loop_->context, [this] { cut_all(); });
        return left;
    }

    Counts counts() const { return {open_, accepted_, refused_, messages_}; }

  private:
    void run() {
        core::set_thread_kind(core::ThreadKind::Worker);
        for (;;) {
            try {
                loop_->context.run();
                return;
            } catch (const std::exception& error) {
                logger_.error("a WebSocket failed", {{"error", error.what()}});
            }
        }
    }

    void schedule_tick() {
        timer_.expires_after(tick_interval);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error || !work_) return;
            tick();
            schedule_tick();
        });
    }

    void tick() {
        std::vector<std::shared_ptr<Session>> sessions;
        sessions.reserve(sessions_.size());
        for (const auto& [address, session] : sessions_)
            sessions.push_back(session);
        const auto now = core::Monotonic::now();
        for (const auto& session : sessions)
            session->on_tick(now);
    }

    void cut_all() {
        while (!sessions_.empty()) {
            const std::shared_ptr<Session> session = sessions_.begin()->second;
            session->cut();
        }
    }

    void forget(Session& session) {
        messages_ += session.messages();
        sessions_.erase(&session);
        give_back();
    }

    const Settings settings_;
    const log::Logger logger_;
    const std::shared_ptr<WebSocketLoop> loop_;
    net::steady_timer timer_;
    std::optional<net::executor_work_guard<net::io_context::executor_type>> work_;
    std::thread thread_;
    std::unordered_map<const Session*, std::shared_ptr<Session>> sessions_;  // of the thread
    std::atomic<bool> draining_{true};
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> accepted_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> messages_{0};
    std::mutex mutex_;
    std::condition_variable emptied_;
};

WebSocketHub::WebSocketHub(const Settings& settings, log::Logger logger)
    : impl_(std::make_unique<Impl>(settings, std::move(logger))) {}

WebSocketHub::~WebSocketHub() {
    impl_->stop();
}

void WebSocketHub::start() {
    impl_->start();
}

void WebSocketHub::stop() {
    impl_->stop();
}

void WebSocketHub::reserve() {
    impl_->reserve();
}

void WebSocketHub::give_back() {
    impl_->give_back();
}

WebSocketHub::Opened WebSocketHub::open(Terms terms, WebSocketEvents events) {
    return impl_->open(std::move(terms), std::move(events));
}

void WebSocketHub::dismiss_instance(const void* instance, core::Monotonic::time_point deadline) {
    impl_->dismiss_instance(instance, deadline);
}

void WebSocketHub::dismiss_others(const std::string& owner, const void* instance) {
    impl_->dismiss_others(owner, instance);
}

std::size_t WebSocketHub::drain(core::Monotonic::time_point deadline) {
    return impl_->drain(deadline);
}

WebSocketHub::Counts WebSocketHub::counts() const {
    return impl_->counts();
}

}  // namespace host::http
