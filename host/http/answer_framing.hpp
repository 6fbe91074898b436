#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/http/message.hpp"

// How answers look on the wire (RFC 9112 sections 4, 6 and 7.1).
namespace host::http {

// How the end of a body is told.
enum class BodyFraming { None, Sized, Chunked, UntilClose };

struct HeadFraming {
    BodyFraming body = BodyFraming::Sized;
    std::uint64_t length = 0;
    bool keep_alive = true;
    int minor_version = 1;  // of the request: HTTP/1.0 must be told that the connection stays open
};

// Can an answer of that status have a body at all (RFC 9110 section 6.4.1)?
bool may_have_body(std::uint16_t status);

void append_head(std::string& out, const Head& head, const HeadFraming& framing);
// Begins a chunk; "\r\n" must follow its bytes.
void append_chunk_size(std::string& out, std::size_t size);

inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
inline constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace host::http
