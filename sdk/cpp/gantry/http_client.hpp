#pragma once

#include <condition_variable>
#include <coroutine>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gantry/host.hpp>
#include <gantry/http_client/answer.hpp>
#include <gantry/http_client/error.hpp>
#include <gantry/http_client/request.hpp>
#include <gantry/http_client/stream.hpp>
#include <gantry/http_client/upload.hpp>
#include <gantry/task.hpp>

namespace gantry {

// Calls to other servers, through the host's connections and within what the administrator permits:
//
//     gantry::HttpRequest request("GET", "https://api.github.com/zen");
//     const gantry::HttpAnswer answer = co_await http.fetch(request);
//
// An answer of any status is an answer; without one an UpstreamError is thrown. A handle, cheap to copy, for any thread.
class HttpClient {
  public:
    // Throws Error if the host has no such service for this plugin.
    explicit HttpClient(Host host)
        : context_(&host.context()),
          service_(detail::service<gantry_http_client>(host.context().host, GANTRY_HTTP_CLIENT)) {}

    // Sends it; the head has arrived when this is over, the body is read from the stream.
    Task<HttpStream> open(const HttpRequest& request) const { return begin(request, GANTRY_HTTP_CALL_STREAM); }

    // The whole answer. Throws UpstreamError with the code ANSWER_TOO_LARGE beyond request.answer_bytes_max().
    Task<HttpAnswer> fetch(const HttpRequest& request) const {
        HttpStream stream = co_await begin(request, 0);
        co_return co_await stream.read_all(request.answer_bytes_max());
    }

    // Begins a call whose body follows piece by piece; a body of the request's own is left out. Throws UpstreamError.
    HttpUpload upload(const HttpRequest& request) const {
        std::vector<gantry_pair> pairs;
        gantry_http_call call = request.call(pairs);
        call.flags |= GANTRY_HTTP_CALL_STREAM_BODY;
        call.body = {};
        HttpUpload upload(std::make_shared<detail::UpstreamState>(*context_, service_), request.answer_bytes_max());
        upload.send(call);
        return upload;
    }

    // The same for a thread that may block. On an event loop it throws std::logic_error: every client would wait too.
    HttpAnswer fetch_now(const HttpRequest& request) const {
        GANTRY_DETAIL_USE(GANTRY_SYS, gantry_sys, thread_kind);
        if (context_->sys->thread_kind(context_->host) == GANTRY_THREAD_WORKER) {
            throw std::logic_error(
                "fetch_now() would block an event loop: co_await fetch(), or declare the route blocking()");
        }
        Waiting waiting;
        run(waiting, *this, request);
        return waiting.take();
    }

  private:
    Task<HttpStream> begin(const HttpRequest& request, std::uint32_t flags) const {
        std::vector<gantry_pair> pairs;
        gantry_http_call call = request.call(pairs);
        call.flags |= flags;
        const auto state = std::make_shared<detail::UpstreamState>(*context_, service_);
        state->send(call);
        // From here on a coroutine that is given up gives the call up.
        HttpStream stream(state, HttpHead());
        co_await stream.until_head();
        co_return stream;
    }

    // A thread that waits for one answer.
    struct Waiting {
        HttpAnswer take() {
            std::unique_lock lock(mutex);
            changed.wait(lock, [this] { return answer || failure; });
            if (failure) std::rethrow_exception(failure);
            return std::move(*answer);
        }
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<HttpAnswer> answer;
        std::exception_ptr failure;
    };
    static detail::Detached run(Waiting& waiting, HttpClient client, const HttpRequest& request) {
        std::optional<HttpAnswer> answer;
        std::exception_ptr failure;
        try {
            answer = co_await client.fetch(request);
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(waiting.mutex);
        waiting.answer = std::move(answer);
        waiting.failure = failure;
        waiting.changed.notify_one();
    }

    detail::Context* context_;
    const gantry_http_client* service_;
};

}  // namespace gantry
