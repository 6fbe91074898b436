#pragma once

// The end of a request: an answer, or the problem that an exception stands for.

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_server.h>
#include <gantry/detail/shown_failure.hpp>
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

// Must be called inside a catch block.
inline void answer_exception(const Exchange& exchange) noexcept {
    try {
        throw;
    } catch (const Gone&) {
        // Nobody is left to be answered.
    } catch (...) {
        std::string details;
        const gantry_error error = shown_failure(exchange.context, details);
        answer_failure(exchange, error, details);
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
