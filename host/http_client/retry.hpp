#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>

namespace host::http_client {

// The other side is there and asks to be asked later.
bool asks_for_retry(std::uint16_t status);
// May be over when the same is tried again.
bool is_transient(CURLcode code);
// How long to wait after so many retries: twice as long each time, and never quite the same.
std::chrono::milliseconds retry_delay(unsigned retries);

}  // namespace host::http_client
