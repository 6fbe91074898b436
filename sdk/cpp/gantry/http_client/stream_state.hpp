#pragma once

#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_client.h>
#include <gantry/detail/context.hpp>
#include <gantry/http_client/answer.hpp>
#include <gantry/http_client/error.hpp>

namespace gantry::detail {

// Bytes that wait for their reader before the host is asked to pause.
inline constexpr std::size_t upstream_high_water_bytes = 64 * 1024;

// What the host's callbacks and the plugin's reader share of one call. Kept alive by both: by the reader's pointer, and by
// itself from the moment the host accepts the call until done().
class UpstreamState : public std::enable_shared_from_this<UpstreamState> {
  public:
    UpstreamState(Context& context, const gantry_http_client* service) : context_(context), service_(service) {}

    // Throws UpstreamError if the host refuses.
    void send(const gantry_http_call& call) {
        GANTRY_DETAIL_USE(GANTRY_HTTP_CLIENT, gantry_http_client, send);
        gantry_http_sink sink{};
        sink.struct_size = sizeof sink;
        sink.head = head;
        sink.data = data;
        sink.done = done;
        sink.writable = writable;
        gantry_error error{};
        error.struct_size = sizeof error;
        self_ = shared_from_this();
        context_.open.enter();
        const gantry_status status = service_->send(context_.host, &call, &sink, this, &operation_, &error);
        if (status >= 0) return;
        context_.open.leave();
        self_.reset();
        throw UpstreamError(static_cast<Status>(status), error.message, error.code, error.where);
    }

    // The reader is no longer interested.
    void abandon() noexcept {
        GANTRY_DETAIL_USE(GANTRY_HTTP_CLIENT, gantry_http_client, cancel);
        {
            const std::lock_guard lock(mutex_);
            abandoned_ = true;
            pieces_.clear();
            if (over_) return;
        }
        (void)service_->cancel(context_.host, operation_);
    }

    // Is there something to be had: what is_ready() asks for. Registers the coroutine otherwise; false: do not suspend.
    enum class Wait { Head, Piece, Room };
    bool suspend(Wait wait, std::coroutine_handle<> waiter) {
        const std::lock_guard lock(mutex_);
        if (is_ready(wait)) return false;
        wait_ = wait;
        waiter_ = waiter;
        return true;
    }

    // The next piece of a body that comes piece by piece: what the host says of it. After GANTRY_AGAIN wait for Room.
    gantry_status write(std::string piece) {
        GANTRY_DETAIL_USE(GANTRY_HTTP_CLIENT, gantry_http_client, write);
        {
            const std::lock_guard lock(mutex_);
            if (over_) return GANTRY_E_GONE;
            room_ = false;
        }
        auto owned = std::make_unique<std::string>(std::move(piece));
        const gantry_slice slice{owned->data(), owned->size(), release_piece, owned.get()};
        const gantry_status status = service_->write(context_.host, operation_, slice);
        if (status >= 0) (void)owned.release();
        return status;
    }
    gantry_status end_body() {
        GANTRY_DETAIL_USE(GANTRY_HTTP_CLIENT, gantry_http_client, end_body);
        return service_->end_body(context_.host, operation_);
    }
    bool is_over() {
        const std::lock_guard lock(mutex_);
        return over_;
    }

    HttpHead take_head() {
        const std::lock_guard lock(mutex_);
        if (!head_ && failure_) std::rethrow_exception(failure_);
        if (!head_) throw UpstreamError(Status::Internal, "the call ended without an answer", "CALL_FAILED", "");
        return std::move(*head_);
    }
    // Nothing: the answer is complete. Throws what it ended with otherwise.
    std::optional<std::string> take_piece() {
        GANTRY_DETAIL_USE(GANTRY_HTTP_CLIENT, gantry_http_client, resume);
        std::optional<std::string> piece;
        bool go_on = false;
        {
            const std::lock_guard lock(mutex_);
            if (!pieces_.empty()) {
                piece = std::move(pieces_.front());
                pieces_.pop_front();
                waiting_bytes_ -= piece->size();
                go_on = paused_ && waiting_bytes_ < upstream_high_water_bytes / 2;
                if (go_on) paused_ = false;
            } else if (failure_) {
                std::rethrow_exception(failure_);
            }
        }
        if (go_on) (void)service_->resume(context_.host, operation_);
        return piece;
    }

  private:
    static void head(void* user, std::uint32_t status, const gantry_pair* headers, std::uint32_t headers_n) noexcept {
        auto& self = *static_cast<UpstreamState*>(user);
        self.change([&] {
            std::vector<std::pair<std::string, std::string>> copies;
            for (std::uint32_t i = 0; i < headers_n; ++i)
                copies.emplace_back(view(headers[i].name), view(headers[i].value));
            self.head_.emplace(status, std::move(copies));
        });
    }
    static gantry_status data(void* user, gantry_bytes bytes) noexcept {
        auto& self = *static_cast<UpstreamState*>(user);
        gantry_status status = GANTRY_OK;
        self.change([&] {
            if (self.abandoned_) {
                status = GANTRY_E_CANCELLED;
                return;
            }
            self.pieces_.emplace_back(view(bytes));
            self.waiting_bytes_ += bytes.size;
            self.paused_ = self.waiting_bytes_ >= upstream_high_water_bytes;
            if (self.paused_) status = GANTRY_AGAIN;
        });
        return status;
    }
    static void writable(void* user) noexcept {
        auto& self = *static_cast<UpstreamState*>(user);
        self.change([&] { self.room_ = true; });
    }
    static void release_piece(void* context, const void*, std::size_t) noexcept {
        delete static_cast<std::string*>(context);
    }
    static void done(void* user, gantry_status status, const gantry_error* error) noexcept {
        auto& self = *static_cast<UpstreamState*>(user);
        // The plugin may end as soon as its open work is done, and the reader may go as soon as it is woken.
        const std::shared_ptr<UpstreamState> kept = std::move(self.self_);
        OpenWork& open = self.context_.open;
        self.change([&] {
            self.over_ = true;
            if (status >= 0) return;
            const char* message = error != nullptr ? error->message : "the call failed";
            self.failure_ = std::make_exception_ptr(UpstreamError(static_cast<Status>(status), message,
                                                                  error != nullptr ? error->code : "",
                                                                  error != nullptr ? error->where : ""));
        });
        open.leave();
    }

    // Changes the state under the lock and resumes the coroutine if what it waits for is there. Memory that cannot be had
    // ends the call for the reader, and never throws into the host.
    template <typename Change>
    void change(Change&& make) noexcept {
        std::coroutine_handle<> waiter;
        {
            const std::lock_guard lock(mutex_);
            try {
                make();
            } catch (...) {
                failure_ = std::current_exception();
            }
            if (waiter_ && is_ready(wait_)) waiter = std::exchange(waiter_, {});
        }
        if (waiter) waiter.resume();
    }
    bool is_ready(Wait wait) const {
        if (over_ || failure_) return true;
        if (wait == Wait::Head) return head_.has_value();
        return wait == Wait::Piece ? !pieces_.empty() : room_;
    }

    Context& context_;
    const gantry_http_client* service_;
    gantry_id operation_ = 0;
    std::shared_ptr<UpstreamState> self_;
    std::mutex mutex_;
    Wait wait_ = Wait::Head;
    std::coroutine_handle<> waiter_;
    std::optional<HttpHead> head_;
    std::deque<std::string> pieces_;
    std::size_t waiting_bytes_ = 0;
    std::exception_ptr failure_;
    bool paused_ = false;
    bool room_ = false;  // for more of the body
    bool over_ = false;
    bool abandoned_ = false;
};

}  // namespace gantry::detail
