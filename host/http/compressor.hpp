#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/http/content_coding.hpp"

namespace host::http {

// The body in that coding; nothing if that would not be smaller. Any thread; each keeps its tables for the next body.
//
// The levels are the fastest ones. Of JSON, a quarter (gzip) or a fifth (zstd) remains; the slowest levels save a tenth more
// of that, for two to eight times the time.
std::optional<std::string> compress(Coding coding, std::string_view body);

}  // namespace host::http
