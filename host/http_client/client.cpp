#include "host/http_client/client.hpp"

#include <filesystem>
#include <utility>

#include "host/core/ids.hpp"
#include "host/http_client/loop.hpp"
#include "host/http_client/request_check.hpp"
#include "host/http_client/transfer.hpp"
#include "host/http_client/user.hpp"

namespace host::http_client {

using core::Code;
using core::Error;

namespace {

void check_settings(const Settings& settings) {
    std::error_code ignored;
    if (!settings.ca_file.empty() && !std::filesystem::is_regular_file(settings.ca_file, ignored)) {
        throw Error(Code::InvalidArgument,
                    "http_client.ca_file " + settings.ca_file.string() + " is no file that can be read");
    }
    // It may hold a password, so it is not shown.
    if (!settings.proxy.empty() && !settings.proxy.starts_with("http://")) {
        throw Error(Code::InvalidArgument, "http_client.proxy must begin with http://");
    }
}

}  // namespace

Caller::Caller(Loop& loop, std::shared_ptr<User> user) : loop_(loop), user_(std::move(user)) {}

Caller::~Caller() {
    abandon();
}

void Caller::send(Call call, Events events, std::uint64_t* id, const std::function<void()>& accepted) {
    Url url = Url::parse(call.url);
    check_request(call);
    Reach reach{};
    try {
        reach = user_->egress.admit(url.host(), url.port());
    } catch (const Error& error) {
        if (error.code() == Code::Denied) ++loop_.tally.refused;
        throw;
    }
    const std::uint64_t number = core::next_id();
    const std::shared_ptr<BodyStream> body = call.body_stream;
    auto transfer = std::make_shared<std::unique_ptr<Transfer>>(
        std::make_unique<Transfer>(number, loop_, user_, std::move(call), std::move(url), reach, std::move(events)));
    {
        const std::lock_guard lock(user_->mutex);
        if (user_->gone) throw Error(Code::Cancelled, "the plugin " + user_->owner + " is stopping");
        if (user_->calls >= loop_.settings().calls_max) {
            throw Error(Code::Busy,
                        std::to_string(user_->calls) + " calls are under way, http_client.calls_max permits no more")
                .mark_retryable();
        }
        ++user_->calls;
        if (body) user_->bodies.emplace(number, body);
    }
    ++loop_.tally.active;
    if (id != nullptr) *id = number;
    if (loop_.post([&loop = loop_, transfer] { loop.begin(std::move(*transfer)); }, accepted)) {
        ++loop_.tally.accepted;
        return;
    }
    --loop_.tally.active;
    {
        const std::lock_guard lock(user_->mutex);
        user_->bodies.erase(number);
        if (--user_->calls == 0) user_->settled.notify_all();
    }
    throw Error(Code::Cancelled, "the host is stopping");
}

std::shared_ptr<BodyStream> Caller::body_of(std::uint64_t id) const {
    const std::lock_guard lock(user_->mutex);
    const auto found = user_->bodies.find(id);
    return found != user_->bodies.end() ? found->second : nullptr;
}

Caller::Outcome Caller::told(std::uint64_t id, BodyStream::Written written) {
    if (written.is_awaited) {
        loop_.post([&loop = loop_, id] {
            Transfer* transfer = loop.find(id);
            if (transfer == nullptr) return;
            transfer->body_came();
            loop.end_if_over(*transfer);
        });
    }
    return written.outcome;
}

Caller::Outcome Caller::write(std::uint64_t id, Body piece, const std::function<void()>& taken) {
    const auto body = body_of(id);
    return body ? told(id, body->write(std::move(piece), taken)) : Outcome::Gone;
}

Caller::Outcome Caller::end_body(std::uint64_t id) {
    const auto body = body_of(id);
    return body ? told(id, body->end()) : Outcome::Gone;
}

void Caller::resume(std::uint64_t id) {
    loop_.post([&loop = loop_, user = user_, id] {
        Transfer* transfer = loop.find(id);
        if (transfer == nullptr || &transfer->user() != user.get()) return;
        transfer->resume();
        loop.end_if_over(*transfer);
    });
}

void Caller::cancel(std::uint64_t id) {
    loop_.post([&loop = loop_, user = user_, id] {
        Transfer* transfer = loop.find(id);
        if (transfer == nullptr || &transfer->user() != user.get()) return;
        transfer->cancel();
        loop.end_if_over(*transfer);
    });
}

void Caller::abandon() {
    {
        const std::lock_guard lock(user_->mutex);
        user_->gone = true;
        if (user_->calls == 0) return;
    }
    loop_.post([&loop = loop_, user = user_] { loop.cancel_all(user.get()); });
    std::unique_lock lock(user_->mutex);
    user_->settled.wait(lock, [this] { return user_->calls == 0; });
}

Client::Client(Settings settings, log::Logger logger)
    : settings_(std::move(settings)), logger_(std::move(logger)), loop_(std::make_unique<Loop>(settings_, logger_)) {}

Client::~Client() {
    stop();
}

void Client::start() {
    check_settings(settings_);
    loop_->start();
}

void Client::stop() {
    loop_->stop();
}

std::unique_ptr<Caller> Client::caller(const std::string& owner, Egress egress) {
    return std::make_unique<Caller>(*loop_, std::make_shared<User>(owner, std::move(egress)));
}

Counts Client::counts() const {
    return loop_->counts();
}

}  // namespace host::http_client
