#include "host/http_client/retry.hpp"

#include <algorithm>

#include "host/core/ids.hpp"

namespace host::http_client {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds first_retry_delay{250};
constexpr milliseconds longest_retry_delay{10'000};

// Between half and all of `whole`, so that those who failed together do not come back together.
milliseconds jittered(milliseconds whole) {
    std::uint32_t random = 0;
    core::random_bytes(&random, sizeof random);
    const auto half = static_cast<std::uint64_t>(whole.count()) / 2;
    return milliseconds(static_cast<std::int64_t>(half + random % (half + 1)));
}

}  // namespace

bool asks_for_retry(std::uint16_t status) {
    return status == 429 || status == 503;
}

bool is_transient(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_OPERATION_TIMEDOUT:  // only of connecting: the other deadlines are ours
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return true;
        default:
            return false;
    }
}

milliseconds retry_delay(unsigned retries) {
    const milliseconds whole = first_retry_delay * (1LL << std::min(retries, 10U));
    return jittered(std::min(whole, longest_retry_delay));
}

}  // namespace host::http_client
