#pragma once

// The end of a request: an answer, or the problem that an exception stands for.

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_server.h>
#include <gantry/database/error.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/http_client/error.hpp>
#include <gantry/response.hpp>

namespace gantry::detail {

// What is needed to answer one request.
struct Exchange {
    Context& context;
    const gantry_http_server* http;
    gantry_id id;
};

// A small body is copied by the host; a larger one is handed over, which costs one allocation instead of a copy.
inline constexpr std::size_t copied_body_bytes_max = 4096;

inline gantry_slice borrowed(std::string_view text) noexcept {
    return {text.data(), text.size(), nullptr, nullptr};
}

inline void release_string(void* context, const void*, std::size_t) noexcept {
    delete static_cast<std::string*>(context);
}

// The headers of `response` in the form of the ABI, without memory of their own as long as there are few.
class HeaderPairs {
  public:
    explicit HeaderPairs(const Response& response) {
        const std::size_t count = response.header_count() + 1;
        if (count > few_.size()) many_.resize(count);
        first_ = many_.empty() ? few_.data() : many_.data();
        if (!response.content_type().empty()) add({str("content-type"), str(response.content_type())});
        for (std::size_t i = 0; i < response.header_count(); ++i) {
            const Header& header = response.header_at(i);
            add({str(header.name), str(header.value)});
        }
    }
    HeaderPairs(const HeaderPairs&) = delete;
    HeaderPairs& operator=(const HeaderPairs&) = delete;
    const gantry_pair* data() const { return first_; }
    std::uint32_t size() const { return size_; }

  private:
    void add(gantry_pair pair) { first_[size_++] = pair; }

    std::array<gantry_pair, 8> few_;
    std::vector<gantry_pair> many_;
    gantry_pair* first_;
    std::uint32_t size_ = 0;
};

inline void answer_failure(const Exchange& exchange, const gantry_error& error, std::string_view details) noexcept {
    GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, fail);
    // Only an ended request refuses this, and then nobody waits for it.
    (void)exchange.http->fail(exchange.context.host, exchange.id, &error, str(details));
}

// The client is told no more than that; the log is told why.
inline void answer_defect(const Exchange& exchange, std::string_view reason) noexcept {
    log_error(exchange.context, "a handler failed", reason);
    gantry_error error = empty_error();
    fill(&error, GANTRY_E_INTERNAL, "INTERNAL_ERROR", "an internal error occurred");
    answer_failure(exchange, error, {});
}

inline void answer_database_failure(const Exchange& exchange, const DatabaseError& failure) noexcept {
    log_error(exchange.context, "a database operation failed", failure.what());
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
    answer_failure(exchange, error, {});
}

// Whom the plugin called, and why that failed, is for the log.
inline void answer_upstream_failure(const Exchange& exchange, const UpstreamError& failure) noexcept {
    log_error(exchange.context, "a call to another server failed", failure.what());
    gantry_error error = empty_error();
    if (failure.is_timeout()) {
        fill(&error, GANTRY_E_TIMEOUT, "DEADLINE_EXCEEDED", "a server that is needed for this did not answer in time");
    } else {
        fill(&error, GANTRY_E_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE", "a server that is needed for this cannot be reached");
    }
    answer_failure(exchange, error, {});
}

inline void answer_error(const Exchange& exchange, const Error& failure) {
    gantry_error error = empty_error();
    fill(&error, failure);
    answer_failure(exchange, error, failure.details().is_object() ? failure.details().dump() : std::string());
}

// Must be called inside a catch block. Everything but an Error is a defect of the plugin.
inline void answer_exception(const Exchange& exchange) noexcept {
    try {
        throw;
    } catch (const Gone&) {
        // Nobody is left to be answered.
    } catch (const DatabaseError& failure) {
        answer_database_failure(exchange, failure);
    } catch (const UpstreamError& failure) {
        answer_upstream_failure(exchange, failure);
    } catch (const Error& failure) {
        answer_error(exchange, failure);
    } catch (const std::exception& failure) {
        answer_defect(exchange, failure.what());
    } catch (abi::__forced_unwind&) {
        std::abort();
    } catch (...) {
        answer_defect(exchange, "an exception that is no std::exception was thrown");
    }
}

// Throws Error if the host refuses the answer, for a header that is none.
inline void answer(const Exchange& exchange, Response response) {
    GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, reply);
    const HeaderPairs headers(response);
    gantry_response out{};
    out.struct_size = sizeof out;
    out.status = response.status();
    out.headers = headers.data();
    out.headers_n = headers.size();
    out.body = borrowed(response.body());
    std::string* handed_over = nullptr;
    if (response.body().size() > copied_body_bytes_max) {
        handed_over = new std::string(response.take_body());
        out.body = {handed_over->data(), handed_over->size(), release_string, handed_over};
    }
    const gantry_status status = exchange.http->reply(exchange.context.host, exchange.id, &out);
    if (status >= 0) return;
    delete handed_over;
    if (status != GANTRY_E_GONE) throw std::runtime_error("the host refused the answer, status " + std::to_string(status));
}

}  // namespace gantry::detail
