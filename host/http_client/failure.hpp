#pragma once

#include <curl/curl.h>

#include <string>

#include "host/core/error.hpp"
#include "host/http_client/url.hpp"

namespace host::http_client {

// Why a call has no answer: says of whom, and whether it may be tried again.
core::Error failure(const Url& url, core::Code code, const std::string& message, const char* name);
// What libcurl found. `detail`: its own words, used where they help.
core::Error failure_of(const Url& url, CURLcode code, const std::string& detail);

}  // namespace host::http_client
