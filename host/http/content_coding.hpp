#pragma once

#include <initializer_list>
#include <string_view>

#include "host/http/message.hpp"

// Content codings and what a client thinks of them (RFC 9110 sections 8.4.1 and 12.5.3).
namespace host::http {

enum class Coding { Identity, Gzip, Zstd };

std::string_view name_of(Coding coding);  // "gzip"

// The one of `offered` that the client likes best; of those it likes alike, the first. Identity if it wants none of them, or
// the plain text more, or sent no Accept-Encoding.
Coding choose_coding(const Request& request, std::initializer_list<Coding> offered);

}  // namespace host::http
