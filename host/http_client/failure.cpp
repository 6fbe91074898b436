#include "host/http_client/failure.hpp"

#include "host/http_client/egress.hpp"

namespace host::http_client {

using core::Code;
using core::Error;

Error failure(const Url& url, Code code, const std::string& message, const char* name) {
    const std::string where = authority(url.host(), url.port());
    Error error(code, where + ": " + message, where, name);
    if (code == Code::Unavailable || code == Code::Timeout) error.mark_retryable();
    return error;
}

Error failure_of(const Url& url, CURLcode code, const std::string& detail) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return failure(url, Code::Unavailable, "the name cannot be resolved", "NAME_NOT_RESOLVED");
        case CURLE_COULDNT_CONNECT:
            return failure(url, Code::Unavailable, "no connection can be made", "CONNECTION_FAILED");
        case CURLE_OPERATION_TIMEDOUT:
            return failure(url, Code::Timeout, "no connection within http_client.connect_deadline", "CONNECT_TIMEOUT");
        case CURLE_PEER_FAILED_VERIFICATION:
            return failure(url, Code::Unavailable, "the certificate is not valid for it: " + detail, "TLS_NOT_TRUSTED");
        case CURLE_SSL_CONNECT_ERROR:
            return failure(url, Code::Unavailable, "TLS cannot be agreed on: " + detail, "TLS_FAILED");
        case CURLE_PARTIAL_FILE:
            return failure(url, Code::Unavailable, "the answer ended before it was complete", "ANSWER_TRUNCATED");
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_SEND_FAIL_REWIND:
        case CURLE_RECV_ERROR:
            return failure(url, Code::Unavailable, "the connection broke before the answer was complete", "CONNECTION_LOST");
        default:
            return failure(url, Code::Unavailable, curl_easy_strerror(code), "CALL_FAILED");
    }
}

}  // namespace host::http_client
