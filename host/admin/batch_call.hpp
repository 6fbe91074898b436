#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/admin/answers.hpp"
#include "host/http/answer_sink.hpp"
#include "host/http/question.hpp"

namespace host::admin {

// The whole answer to one request of a batch.
struct BatchAnswer {
    enum class Fault {
        None,
        TooLarge,  // the body is longer than was allowed
        Endless,   // an event stream
        Cut,       // the stream ended before its end
    };
    Fault fault = Fault::None;
    std::uint16_t status = 500;
    std::string lines;  // its header
    std::string body;
};

// Collects the answer to one request of a batch, and tells its handler when nobody waits for it any more.
class BatchCall : public http::AnswerSink, public std::enable_shared_from_this<BatchCall> {
  public:
    // `batch` is the exchange of the batch; it minds the deadline of the request.
    BatchCall(Exchange batch, std::size_t body_bytes_max) : batch_(std::move(batch)), body_bytes_max_(body_bytes_max) {}

    // The answer if it is there; otherwise `later` gets it, on the thread that gives it, where it must not do much.
    std::optional<BatchAnswer> wait(http::Question<BatchAnswer>::Continue later) {
        return question_.leave([] {}, std::move(later));
    }
    // Nobody waits any more. Calls the handler: not with a lock held.
    void give_up(http::ReplyEvents::Reason reason);

    void watch(std::weak_ptr<http::ReplyEvents> events) override;
    void set_deadline(std::chrono::steady_clock::time_point when) override;
    bool post(std::function<void()> work) override { return batch_->post(std::move(work)); }
    void answer(http::Head head, http::Bytes body) override;
    void open(http::Head head, const http::StreamKind& kind) override;
    http::Write write(http::Bytes piece) override;
    void close(http::Outcome outcome) override;
    void upgrade(http::UpgradeTicket) override { refuse(BatchAnswer::Fault::Endless); }

  private:
    void refuse(BatchAnswer::Fault fault);
    std::shared_ptr<http::ReplyEvents> events();

    const Exchange batch_;
    const std::size_t body_bytes_max_;
    http::Question<BatchAnswer> question_;
    // Answering calls come one at a time: nothing but the two below is shared.
    BatchAnswer streamed_;
    bool refused_ = false;
    std::mutex mutex_;
    std::weak_ptr<http::ReplyEvents> events_;
};

}  // namespace host::admin
