#pragma once

#include <cstddef>

#include "host/http/content_coding.hpp"
#include "host/http/message.hpp"
#include "host/http/route.hpp"
#include "host/http/settings.hpp"

// Which answers are compressed. Streams never are: their pieces are to arrive when they are written.
//
// Whoever can make a victim's browser send requests, and sees how long the encrypted answers are, can guess a secret in a
// compressed answer that repeats something of the request (BREACH). Hence, by default, nothing is compressed for known
// callers: not on routes that ask for a principal, nor for requests with Authorization or Cookie.
namespace host::http {

// The coding that an answer to `request` may have; Identity if it must be plain.
Coding coding_for(const Request& request, const Route& route, const Compression& settings);

// May an answer of this route be compressed for anybody? Then it depends on Accept-Encoding, and caches are told so.
bool compresses(const Route& route, const Compression& settings);
// Does it pay, and is nothing said against it: Content-Encoding, no-transform, a part of a file?
bool is_worth_compressing(const Head& head, std::size_t body_bytes, const Compression& settings);

bool has_strong_etag(const Head& head);
// The head of the same answer with a compressed body. Its tag becomes a weak one: the bytes are others (RFC 9110
// section 8.8.1).
Head compressed_head(const Head& head, Coding coding);
void add_vary(Head& head);

}  // namespace host::http
