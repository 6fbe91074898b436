#include "host/kv/client.hpp"

namespace host::kv {

namespace {

using core::Code;
using core::Error;

Error out_of_range(const char* what, std::uint64_t found, std::uint64_t most) {
    return {Code::InvalidArgument,
            std::string(what) + " is " + std::to_string(found) + " but must be at most " + std::to_string(most)};
}

}  // namespace

Client::Client(Store& store, std::string owner) : store_(store), owner_(std::move(owner)) {}

Client::~Client() {
    abandon();
}

void Client::check(const Request& request) {
    if (request.key.empty()) throw Error{Code::InvalidArgument, "the key is empty"};
    if (request.key.size() > key_bytes_max) throw out_of_range("the key's size", request.key.size(), key_bytes_max);
    if (request.value.size() > value_bytes_max) {
        throw out_of_range("the value's size", request.value.size(), value_bytes_max);
    }
    if (request.ttl_ms > ttl_ms_max) throw out_of_range("ttl_ms", request.ttl_ms, ttl_ms_max);
    if (request.operation == Operation::Remove && request.if_version == only_if_absent) {
        throw Error{Code::InvalidArgument, "what is absent cannot be removed"};
    }
    // No version is that large, and PostgreSQL could not take it.
    if (request.if_version > static_cast<std::uint64_t>(INT64_MAX) && request.if_version != only_if_absent) {
        throw out_of_range("if_version", request.if_version, INT64_MAX);
    }
    if (request.operation != Operation::Limit) return;
    if (request.limit == 0 || request.window_ms == 0) throw Error{Code::InvalidArgument, "limit or window_ms is 0"};
    if (request.limit > limit_max) throw out_of_range("limit", request.limit, limit_max);
    if (request.window_ms > window_ms_max) throw out_of_range("window_ms", request.window_ms, window_ms_max);
}

void Client::begin(const Request& request, Completion completion) {
    {
        std::lock_guard lock(open_->mutex);
        if (open_->abandoned) throw Error{Code::Cancelled, "the plugin has stopped"};
        ++open_->count;
    }
    const auto leave = [](Open& open) {
        // Notified under the lock: whoever waits may go on at once, but not before.
        std::lock_guard lock(open.mutex);
        if (--open.count == 0) open.none.notify_all();
    };
    try {
        store_.begin(request, [open = open_, leave, completion = std::move(completion)](Outcome&& outcome) {
            completion(std::move(outcome));
            leave(*open);
        });
    } catch (const Error&) {
        leave(*open_);
        throw;
    }
}

void Client::abandon() {
    std::unique_lock lock(open_->mutex);
    open_->abandoned = true;
    open_->none.wait(lock, [this] { return open_->count == 0; });
}

}  // namespace host::kv
