#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/error.hpp>
#include <gantry/json.hpp>

namespace gantry {

struct Header {
    std::string name;
    std::string value;
};

// What a handler answers. The host adds Date, Content-Length, X-Request-Id and the security headers.
//
//     return gantry::json(note).status(201).header("location", "/notes/note_7");
class Response {
  public:
    // `content_type` must live for ever, as a literal does; other types go through header("content-type", ...).
    explicit Response(std::uint32_t status = 204, std::string body = {}, std::string_view content_type = {})
        : status_(status), content_type_(content_type), body_(std::move(body)) {}

    Response& status(std::uint32_t status) & { return status_ = status, *this; }
    Response&& status(std::uint32_t number) && { return std::move(status(number)); }

    // Adds; a name may stand several times.
    Response& header(std::string name, std::string value) & {
        Header added{std::move(name), std::move(value)};
        if (headers_n_ < inline_headers_.size()) {
            inline_headers_[headers_n_] = std::move(added);
        } else {
            more_headers_.push_back(std::move(added));
        }
        ++headers_n_;
        return *this;
    }
    Response&& header(std::string name, std::string value) && {
        return std::move(header(std::move(name), std::move(value)));
    }

    std::uint32_t status() const { return status_; }
    std::string_view content_type() const { return content_type_; }
    const std::string& body() const { return body_; }
    std::string take_body() { return std::move(body_); }
    std::size_t header_count() const { return headers_n_; }
    const Header& header_at(std::size_t index) const {
        return index < inline_headers_.size() ? inline_headers_[index] : more_headers_[index - inline_headers_.size()];
    }

  private:
    std::uint32_t status_;
    std::string_view content_type_;
    std::string body_;
    // Most answers have no more than two headers of their own, and then need no memory for them.
    std::array<Header, 2> inline_headers_;
    std::vector<Header> more_headers_;
    std::size_t headers_n_ = 0;
};

inline Response text(std::string body, std::uint32_t status = 200) {
    return Response(status, std::move(body), "text/plain; charset=utf-8");
}

inline Response json(const Json& value, std::uint32_t status = 200) {
    return Response(status, value.dump(), "application/json");
}

// An answer without a body: 204 after a DELETE, 304.
inline Response empty(std::uint32_t status = 204) {
    return Response(status);
}

}  // namespace gantry
