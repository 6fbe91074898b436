#pragma once

// What an exception tells those who asked, clients and other plugins: never the text of a defect, of the database or of
// another server. That is for the log.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <gantry/database/error.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/http_client/error.hpp>

namespace gantry::detail {

inline gantry_error shown_defect(const Context& context, std::string_view reason) noexcept {
    log_error(context, "a handler failed", reason);
    gantry_error error = empty_error();
    fill(&error, GANTRY_E_INTERNAL, "INTERNAL_ERROR", "an internal error occurred");
    return error;
}

// A database that is down fails every request alike: one line a second tells as much as one for each.
inline void log_database_trouble(const Context& context, std::string_view reason) noexcept {
    static std::atomic<std::int64_t> quiet_until_ms{0};
    static std::atomic<std::int64_t> unsaid{0};
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
    std::int64_t until = quiet_until_ms;
    if (now < until || !quiet_until_ms.compare_exchange_strong(until, now + 1000)) {
        ++unsaid;
        return;
    }
    char others[24];
    const int size = std::snprintf(others, sizeof others, "%lld", static_cast<long long>(unsaid.exchange(0)));
    const gantry_pair fields[] = {{str("reason"), str(reason)},
                                  {str("others_before"), str(std::string_view(others, static_cast<std::size_t>(size)))}};
    context.log->write(context.host, GANTRY_LOG_ERROR, str("the database cannot be used"), fields, 2);
}

inline gantry_error shown_database_failure(const Context& context, const DatabaseError& failure) noexcept {
    if (failure.is_connection_trouble() || failure.status() == Status::Timeout) {
        log_database_trouble(context, failure.what());
    } else {
        log_error(context, "a database operation failed", failure.what());
    }
    gantry_error error = empty_error();
    if (failure.is_duplicate()) {
        fill(&error, GANTRY_E_CONFLICT, "ALREADY_EXISTS", "one with the same key exists already");
    } else if (failure.is_connection_trouble()) {
        fill(&error, GANTRY_E_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE", "the database cannot be reached");
        copy_text(error.where, "database");
    } else if (failure.status() == Status::Timeout) {
        fill(&error, GANTRY_E_TIMEOUT, "DEADLINE_EXCEEDED", "the database did not answer in time");
    } else {
        fill(&error, GANTRY_E_INTERNAL, "INTERNAL_ERROR", "an internal error occurred");
    }
    return error;
}

// Whom the plugin called, and why that failed, is for the log.
inline gantry_error shown_upstream_failure(const Context& context, const UpstreamError& failure) noexcept {
    log_error(context, "a call to another server failed", failure.what());
    gantry_error error = empty_error();
    if (failure.is_timeout()) {
        fill(&error, GANTRY_E_TIMEOUT, "DEADLINE_EXCEEDED", "a server that is needed for this did not answer in time");
    } else {
        fill(&error, GANTRY_E_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE", "a server that is needed for this cannot be reached");
    }
    return error;
}

// Must be called inside a catch block. Everything but an Error is a defect of the plugin. `details` gets an Error's own, as
// JSON, if it has any.
inline gantry_error shown_failure(const Context& context, std::string& details) noexcept {
    try {
        throw;
    } catch (const DatabaseError& failure) {
        return shown_database_failure(context, failure);
    } catch (const UpstreamError& failure) {
        return shown_upstream_failure(context, failure);
    } catch (const Error& failure) {
        gantry_error error = empty_error();
        fill(&error, failure);
        if (failure.details().is_object()) details = failure.details().dump();
        return error;
    } catch (const std::exception& failure) {
        return shown_defect(context, failure.what());
    } catch (abi::__forced_unwind&) {
        std::abort();
    } catch (...) {
        return shown_defect(context, "an exception that is no std::exception was thrown");
    }
}

}  // namespace gantry::detail
