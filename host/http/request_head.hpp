#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "host/http/dispatcher.hpp"
#include "host/http/message.hpp"
#include "host/http/settings.hpp"

namespace host::http {

// What a head says about the message and the connection beyond the request itself (RFC 9112 sections 6 and 9).
struct Framing {
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool upgrade = false;  // to another protocol, if the answer says so

    bool has_body() const { return chunked || content_length != 0; }
};

// Finds the end of a head in bytes that arrive piece by piece; no byte is looked at twice. The verdict depends on the
// bytes alone, not on how they were cut.
class HeadScanner {
  public:
    explicit HeadScanner(const Settings& limits) : limits_(&limits) {}

    // `input` begins with the head and grows from call to call. The size of the head with its empty line, or none yet.
    std::optional<std::size_t> find_end(std::string_view input);
    // Set once find_end() saw that this will never be a head.
    const Refusal* refusal() const { return refusal_; }
    void reset() { *this = HeadScanner(*limits_); }

  private:
    std::optional<std::size_t> refuse(const Refusal& refusal);

    const Settings* limits_;
    const Refusal* refusal_ = nullptr;
    std::size_t line_begin_ = 0;
    std::size_t scanned_ = 0;
};

// Reads a whole head (as HeadScanner found it) into views of it. Null: it is right.
const Refusal* parse_head(std::string_view head, const Settings& limits, Request& request, Framing& framing);

// Checks and splits "name: value" (RFC 9112 section 5), without its line end.
const Refusal* parse_field(std::string_view line, Field& field);

}  // namespace host::http
