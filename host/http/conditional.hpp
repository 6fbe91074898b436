#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "host/http/message.hpp"

// Requests that ask for something only if it has changed (RFC 9110 section 13).
namespace host::http {

// By which a client knows what it has.
struct Validators {
    std::string etag;  // with its quotes, "W/" before a weak one
    std::optional<std::time_t> last_modified;
};

// Has the client what would be sent, so that 304 is the answer? If-None-Match decides; without it If-Modified-Since.
bool is_not_modified(const Request& request, const Validators& validators);
// If-Range: may parts be sent, because the client's other parts are of the same? True without the field.
bool may_send_ranges(const Request& request, const Validators& validators);

// "ETag: ...\r\nLast-Modified: ...\r\n"
std::string validator_lines(const Validators& validators);

}  // namespace host::http
