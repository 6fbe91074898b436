#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/text.hpp>

namespace gantry {

// Status and headers of an answer.
class HttpHead {
  public:
    HttpHead() = default;
    HttpHead(std::uint32_t status, std::vector<std::pair<std::string, std::string>> headers)
        : status_(status), headers_(std::move(headers)) {}

    std::uint32_t status() const noexcept { return status_; }
    // 2xx
    bool ok() const noexcept { return status_ >= 200 && status_ < 300; }
    // The first of that name, in any case; empty if there is none.
    std::string_view header(std::string_view name) const noexcept {
        for (const auto& [key, value] : headers_) {
            if (equal_ignoring_case(key, name)) return value;
        }
        return {};
    }
    const std::vector<std::pair<std::string, std::string>>& headers() const noexcept { return headers_; }

  private:
    std::uint32_t status_ = 0;
    std::vector<std::pair<std::string, std::string>> headers_;
};

// A whole answer.
class HttpAnswer : public HttpHead {
  public:
    HttpAnswer() = default;
    HttpAnswer(HttpHead head, std::string body) : HttpHead(std::move(head)), body_(std::move(body)) {}

    const std::string& body() const& noexcept { return body_; }
    std::string&& body() && noexcept { return std::move(body_); }

  private:
    std::string body_;
};

}  // namespace gantry
