#include "host/admin/batch.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "host/admin/answers.hpp"
#include "host/admin/batch_answer.hpp"
#include "host/admin/batch_call.hpp"
#include "host/admin/batch_request.hpp"
#include "host/http/route_table.hpp"

namespace host::admin {

namespace {

constexpr const char* pattern = "/api/v1/batch";
// Every request has its own deadline besides.
constexpr std::chrono::milliseconds deadline{300'000};
constexpr std::uint64_t body_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t answers_bytes_max = 16 * 1024 * 1024;

const char* const request_schema = R"({"type":"object","required":["requests"],"additionalProperties":false,"properties":{
"requests":{"type":"array","minItems":1,"maxItems":20,"items":{"type":"object","required":["path"],
"additionalProperties":false,"properties":{
"id":{"type":"string","maxLength":100,"description":"Comes back with the answer"},
"method":{"type":"string","default":"GET"},
"path":{"type":"string","description":"/notes?limit=5"},
"headers":{"type":"object","additionalProperties":{"type":"string"},
"description":"Beside those of the batch; who calls is said by the batch alone"},
"body":{"description":"JSON; or text, where headers has a Content-Type that is not JSON"}}}}}})";

const char* const response_schema = R"({"type":"object","required":["responses"],"properties":{
"responses":{"type":"array","items":{"type":"object","required":["status","headers"],"properties":{
"id":{"type":"string"},"status":{"type":"integer"},
"headers":{"type":"object","additionalProperties":{"type":"string"}},
"body":{"description":"JSON if the answer is JSON, else text"},
"body_base64":{"type":"string","description":"In the place of body where it is no text"}}}}}})";

// One batch under way. Held by the call that is being waited for.
class Batch : public std::enable_shared_from_this<Batch> {
  public:
    Batch(Exchange exchange, std::vector<BatchItem> items, http::Pipeline& pipeline, core::ThreadPool& pool)
        : exchange_(std::move(exchange)), items_(std::move(items)), pipeline_(pipeline), pool_(pool) {}

    void start() {
        // Weak: the exchange must not keep what keeps it.
        const bool is_wanted = exchange_->on_cancel([weak = weak_from_this()](core::Code) {
            if (const auto self = weak.lock()) self->cancel();
        });
        if (!is_wanted) return;
        run();
    }

  private:
    std::string request_id() const { return exchange_->request_id() + "." + std::to_string(next_); }

    // On a blocking thread, one at a time.
    void run() {
        while (next_ < items_.size()) {
            if (exchange_->ended()) return;
            if (!ask(items_[next_])) return;
        }
        finish();
    }

    // False: the answer comes later, and then it goes on.
    bool ask(const BatchItem& item) {
        const auto request = request_of(item, next_, *exchange_);
        if (const auto refused = refusal_of(request->view())) {
            take(entry_of(item, *refused, request_id()));
            return true;
        }
        const auto call = std::make_shared<BatchCall>(exchange_, answers_bytes_max - answered_bytes_);
        {
            std::lock_guard lock(mutex_);
            call_ = call;
        }
        pipeline_.dispatch(request->view(), http::Reply(call));
        const auto answer = call->wait([self = shared_from_this()](const BatchAnswer& late) { self->go_on(late); });
        if (!answer) return false;
        take(*answer);
        return true;
    }

    // What the server does for a request of its own.
    std::optional<http::Problem> refusal_of(const http::Request& request) const {
        const auto table = pipeline_.table();
        const http::Route* route = table != nullptr ? table->find(request.method, request.path) : nullptr;
        if (route != nullptr && route->pattern == pattern)
            return http::Problem{.status = 400, .code = "NOT_IN_A_BATCH", .detail = "a batch contains no batch"};
        if (request.body.size() > pipeline_.body_bytes_max(request))
            return http::Problem{
                .status = 413, .code = "BODY_TOO_LARGE", .detail = "the body is larger than this resource accepts"};
        return std::nullopt;
    }

    // On the thread that gave the answer, in the middle of giving it.
    void go_on(const BatchAnswer& answer) {
        take(answer);
        if (pool_.post([self = shared_from_this()] { self->run(); })) return;
        while (next_ < items_.size()) {
            const http::Problem busy{.status = 503, .code = "BUSY", .detail = "too much work is waiting"};
            take(entry_of(items_[next_], busy, request_id()));
        }
        finish();
    }

    void take(const BatchAnswer& answer) {
        answered_bytes_ += answer.body.size();
        take(entry_of(items_[next_], answer, request_id()));
    }

    void take(Json entry) {
        responses_.push(std::move(entry));
        ++next_;
    }

    void finish() { send_json(*exchange_, Json::object({{"responses", std::move(responses_)}})); }

    // The client has left, or the host stops: so has the caller of the request under way.
    void cancel() {
        std::shared_ptr<BatchCall> call;
        {
            std::lock_guard lock(mutex_);
            call = call_.lock();
        }
        if (call != nullptr) call->give_up(http::ReplyEvents::Reason::ClientLeft);
    }

    const Exchange exchange_;
    const std::vector<BatchItem> items_;
    http::Pipeline& pipeline_;
    core::ThreadPool& pool_;
    std::size_t next_ = 0;
    std::size_t answered_bytes_ = 0;
    Json responses_ = Json::array();
    std::mutex mutex_;
    std::weak_ptr<BatchCall> call_;
};

}  // namespace

std::vector<http::Route> batch_routes(http::Pipeline* pipeline, core::ThreadPool& pool) {
    http::Route batch =
        answering(route({"POST", pattern, "batch", "Up to 20 requests in one, each answered by itself, in their order"},
                        [pipeline, &pool](const Exchange& exchange) {
                            auto items = batch_items_of(json_body(*exchange));
                            std::make_shared<Batch>(exchange, std::move(items), *pipeline, pool)->start();
                        }),
                  response_schema);
    batch.access = http::Access::Authenticated;
    batch.request_schema = request_schema;
    batch.body_bytes_max = body_bytes_max;
    batch.deadline = deadline;
    return {std::move(batch)};
}

}  // namespace host::admin
