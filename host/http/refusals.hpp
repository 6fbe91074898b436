#pragma once

#include "host/http/dispatcher.hpp"

// Everything that the server refuses by itself, in one list. Each one closes the connection: after an error nobody can
// know where the next request begins.
namespace host::http::refusals {

inline constexpr Refusal bare_lf{400, "BAD_LINE_END", "a line must end with CR LF, found a bare LF"};
inline constexpr Refusal bare_cr{400, "BAD_LINE_END", "a line must end with CR LF, found a bare CR"};
inline constexpr Refusal request_line{400, "BAD_REQUEST_LINE",
                                      "a request line is a method, a target and HTTP/1.1 with one space between"};
inline constexpr Refusal method{400, "BAD_METHOD", "a method is a token, found other characters"};
inline constexpr Refusal target{
    400, "BAD_TARGET", "a target is visible ASCII without '#': \"/path?query\", an http(s) URI, or \"*\" for OPTIONS"};
inline constexpr Refusal connect{501, "METHOD_NOT_IMPLEMENTED", "this server is no proxy: CONNECT is not implemented"};
inline constexpr Refusal target_size{414, "TARGET_TOO_LONG", "the request target is longer than this server accepts"};
inline constexpr Refusal version{505, "VERSION_NOT_SUPPORTED", "expected HTTP/1.1 or HTTP/1.0"};
inline constexpr Refusal head_size{431, "HEAD_TOO_LARGE", "the head of the request is larger than this server accepts"};
inline constexpr Refusal headers_count{431, "TOO_MANY_HEADERS", "the request has more headers than this server accepts"};
inline constexpr Refusal folded{400, "FOLDED_HEADER", "a header must stand on one line (RFC 9112 section 5.2)"};
inline constexpr Refusal field_name{400, "BAD_HEADER_NAME", "a header name is a token with the colon right behind it"};
inline constexpr Refusal field_value{400, "BAD_HEADER_VALUE", "a header value has a control character"};
inline constexpr Refusal host{400, "BAD_HOST", "expected one Host header with a host and an optional port"};
inline constexpr Refusal content_length{400, "BAD_CONTENT_LENGTH", "expected one Content-Length of decimal digits"};
inline constexpr Refusal both_lengths{400, "AMBIGUOUS_LENGTH", "Content-Length and Transfer-Encoding exclude each other"};
inline constexpr Refusal coding_duplicate{400, "BAD_TRANSFER_ENCODING", "expected one Transfer-Encoding, in HTTP/1.1 only"};
inline constexpr Refusal coding{501, "TRANSFER_ENCODING_NOT_IMPLEMENTED", "the only transfer coding here is chunked"};
inline constexpr Refusal connection{400, "BAD_CONNECTION", "expected a list of connection options, which are tokens"};
inline constexpr Refusal expect{417, "EXPECTATION_FAILED", "the only expectation here is 100-continue"};
inline constexpr Refusal body_size{413, "BODY_TOO_LARGE", "the body is larger than this resource accepts"};
inline constexpr Refusal chunk_size{400, "BAD_CHUNK", "a chunk begins with its size in hexadecimal digits and CR LF"};
inline constexpr Refusal chunk_end{400, "BAD_CHUNK", "a chunk must be followed by CR LF"};
inline constexpr Refusal trailer{400, "BAD_TRAILER",
                                 "a trailer must not frame, route or steer the connection (RFC 9110 section 6.5.1)"};
inline constexpr Refusal head_deadline{408, "HEAD_TIMEOUT", "the head of the request did not arrive in time"};
inline constexpr Refusal body_deadline{408, "BODY_TIMEOUT", "the body of the request stopped arriving"};
inline constexpr Refusal too_many_connections{503, "TOO_MANY_CONNECTIONS",
                                              "this server has as many connections as it accepts"};

}  // namespace host::http::refusals
