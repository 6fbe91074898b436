#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/http/server.hpp"
#include "tests/support/raw_client.hpp"

// A server on real sockets with a handler made of a function, for the tests of the wire.
namespace wire {

using host::http::Bytes;
using host::http::Head;
using host::http::Outcome;
using host::http::Refusal;
using host::http::Reply;
using host::http::ReplyEvents;
using host::http::Request;
using host::http::Settings;
using host::http::Write;
using std::chrono::milliseconds;
using support::RawClient;

using Handler = std::function<void(const Request&, Reply)>;

class FunctionDispatcher final : public host::http::Dispatcher {
  public:
    explicit FunctionDispatcher(Handler handler, std::uint64_t body_max)
        : handler_(std::move(handler)), body_max_(body_max) {}

    std::uint64_t body_bytes_max(const Request&) override { return body_max_; }
    void dispatch(const Request& request, Reply reply) override { handler_(request, std::move(reply)); }
    std::pair<Head, std::string> refuse(const Refusal& refusal, const Request&) override {
        return {Head(refusal.status), std::string(refusal.code)};
    }

  private:
    Handler handler_;
    std::uint64_t body_max_;
};

inline void answer(Reply& reply, std::string body) {
    reply.send(Head(200), Bytes(std::move(body)));
}

// Method, target, fields and body, so that a test sees what the server understood.
inline void echo(const Request& request, Reply reply) {
    std::string text =
        std::string(request.method) + " " + std::string(request.path) + "?" + std::string(request.query) + "\n";
    for (const auto& field : request.fields)
        text += std::string(field.name) + "=" + std::string(field.value) + "\n";
    answer(reply, text + std::string(request.body));
}

inline Settings quick() {
    Settings settings;
    settings.listen = {"127.0.0.1:0"};
    settings.workers = 2;
    settings.body_bytes_max = 1024 * 1024;
    return settings;
}

class WireServer {
  public:
    explicit WireServer(Handler handler = echo, const Settings& settings = quick())
        : dispatcher_(std::move(handler), settings.body_bytes_max),
          server_(settings, dispatcher_, host::log::Logger(host::log::open_memory({}, log_), "http")) {
        server_.start();
    }

    RawClient connect(int receive_bytes = 0) const { return RawClient(address(), receive_bytes); }
    std::string address(std::size_t index = 0) const { return server_.addresses().at(index); }
    host::http::Server& operator*() { return server_; }
    host::http::Server* operator->() { return &server_; }
    // After the server has stopped.
    const std::string& log() const { return log_; }

  private:
    std::string log_;
    FunctionDispatcher dispatcher_;
    host::http::Server server_;
};

// Waits for something that another thread brings about; false after ten seconds.
bool eventually(const std::function<bool()>& happened);

// What became of an answer.
struct Watcher final : ReplyEvents {
    void gone(Reason why) override {
        reason = static_cast<int>(why);
        ++gone_calls;
    }
    void writable() override {
        ++writable_calls;
        if (on_writable) on_writable();
    }
    void expired() override {
        ++expired_calls;
        if (on_expired) on_expired();
    }

    std::atomic<int> reason{-1};
    std::atomic<int> gone_calls{0};
    std::atomic<int> writable_calls{0};
    std::atomic<int> expired_calls{0};
    std::function<void()> on_writable;
    std::function<void()> on_expired;
};

// Replies that a handler left for the test to answer.
class Shelf {
  public:
    void put(Reply reply) {
        std::lock_guard lock(mutex_);
        replies_.push_back(std::move(reply));
    }
    std::size_t size() {
        std::lock_guard lock(mutex_);
        return replies_.size();
    }
    Reply take(std::size_t index = 0) {
        std::lock_guard lock(mutex_);
        Reply reply = std::move(replies_.at(index));
        replies_.erase(replies_.begin() + static_cast<std::ptrdiff_t>(index));
        return reply;
    }

  private:
    std::mutex mutex_;
    std::vector<Reply> replies_;
};

inline constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace wire
