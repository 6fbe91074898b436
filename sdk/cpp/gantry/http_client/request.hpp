#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_client.h>
#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry {

// What is to be sent:
//
//     gantry::HttpRequest request("POST", "https://api.example.org/things");
//     request.header("authorization", "Bearer " + key).json(body).deadline(5s).retries(2);
class HttpRequest {
  public:
    HttpRequest(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}

    HttpRequest& header(std::string name, std::string value) {
        headers_.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    HttpRequest& body(std::string bytes, std::string content_type) {
        body_ = std::move(bytes);
        return header("content-type", std::move(content_type));
    }
    HttpRequest& json(const Json& value) { return body(value.dump(), "application/json"); }
    // How long a body will be that is written piece by piece. Without, it is sent chunked, which not every server takes.
    HttpRequest& stream_bytes(std::uint64_t length) { return stream_bytes_ = length, *this; }
    // Of the whole call; of the head alone if the answer is streamed; from the end of a body that is written piece by piece.
    HttpRequest& deadline(std::chrono::milliseconds most) { return deadline_ms_ = limited(most), *this; }
    // The longest silence of the other side.
    HttpRequest& idle(std::chrono::milliseconds most) { return idle_ms_ = limited(most), *this; }
    // For connections that cannot be made, 429 and 503; see gantry/abi/http_client.h for what is safe.
    HttpRequest& retries(std::uint32_t most) { return retries_max_ = most, *this; }
    // Sending it twice is harmless although the method does not say so: it carries an Idempotency-Key.
    HttpRequest& idempotent() { return flags_ |= GANTRY_HTTP_CALL_IDEMPOTENT, *this; }
    // Follow redirects, within what the administrator permits. Credentials stay with the first origin.
    HttpRequest& follow() { return flags_ |= GANTRY_HTTP_CALL_FOLLOW, *this; }
    // fetch() throws beyond this many bytes of body.
    HttpRequest& answer_bytes_max(std::size_t most) { return answer_bytes_max_ = most, *this; }

    const std::string& method() const noexcept { return method_; }
    const std::string& url() const noexcept { return url_; }
    std::size_t answer_bytes_max() const noexcept { return answer_bytes_max_; }

    // The call as it crosses the border, borrowing everything; `pairs` gets the headers. A streamed one keeps its flag.
    gantry_http_call call(std::vector<gantry_pair>& pairs) const {
        for (const auto& [name, value] : headers_)
            pairs.push_back({str(name), str(value)});
        gantry_http_call call{};
        call.struct_size = sizeof call;
        call.flags = flags_;
        call.method = str(method_);
        call.url = str(url_);
        call.headers = pairs.data();
        call.headers_n = static_cast<std::uint32_t>(pairs.size());
        call.deadline_ms = deadline_ms_;
        call.idle_ms = idle_ms_;
        call.retries_max = retries_max_;
        call.body = {body_.data(), body_.size(), nullptr, nullptr};
        call.stream_bytes = stream_bytes_;
        return call;
    }

  private:
    static std::uint32_t limited(std::chrono::milliseconds time) noexcept {
        if (time.count() <= 0) return 1;
        return time.count() < INT32_MAX ? static_cast<std::uint32_t>(time.count()) : INT32_MAX;
    }

    std::string method_;
    std::string url_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::string body_;
    std::uint64_t stream_bytes_ = 0;
    std::uint32_t flags_ = 0;
    std::uint32_t deadline_ms_ = 0;
    std::uint32_t idle_ms_ = 0;
    std::uint32_t retries_max_ = 0;
    std::size_t answer_bytes_max_ = 1024 * 1024;
};

}  // namespace gantry
