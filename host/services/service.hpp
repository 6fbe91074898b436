#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gantry/abi/base.h>

#include "host/core/error.hpp"

namespace host::services {

using Clock = std::chrono::steady_clock;

// On whose behalf a call is made.
struct Context {
    std::string principal;  // JSON; empty: nobody's
    std::string request_id;
    std::string traceparent;
    Clock::time_point deadline = Clock::time_point::max();
    std::uint32_t depth = 0;  // of the call it is; 0: it is none
};

// A call as it is made; `caller` is the plugin, `side` the instance of it.
struct Call {
    std::string service;
    std::string method;
    std::string argument;
    std::string caller;
    const void* side = nullptr;
    std::chrono::milliseconds deadline{};  // 0: as the administrator says
    Context context;
};

// How a call ended.
struct Outcome {
    gantry_status status = GANTRY_OK;
    std::string result;
    std::optional<gantry_error> error;  // of a failure

    static Outcome failure(const core::Error& error);
};
// Once for each call, on a thread of the room's, which must not block.
using Answered = std::function<void(const Outcome&)>;

// A call as its provider sees it; its context's deadline and depth are its own.
struct Asked {
    std::uint64_t id;
    const Call& call;
};
// On a blocking thread. False: the provider takes no calls any more.
using Handle = std::function<bool(const Asked&)>;

struct Service {
    std::string name;  // "notes.search/1"
    std::vector<std::string> methods;
    Handle handle;

    bool has(const std::string& method) const;
};

// What one instance of a plugin provides.
struct Provider {
    std::string plugin;
    std::vector<Service> services;
};
using ProviderPointer = std::shared_ptr<const Provider>;

// "notes.search/1" of the plugin notes: words of [a-z][a-z0-9_]* with dots between, at most 64 bytes.
bool is_service_of(const std::string& plugin, const std::string& name);
// [a-z][a-z0-9_]{0,63}
bool is_method(const std::string& text);

}  // namespace host::services
