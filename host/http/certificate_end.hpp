#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/http/tls_context.hpp"

namespace host::http {

// A certificate with less than that is worth a word: whoever renews them by machine does it 30 days before.
inline constexpr std::chrono::hours certificate_notice{14 * 24};

struct CertificateEnd {
    std::string name;  // its first name, or its file
    std::chrono::system_clock::time_point not_after;

    bool is_past(std::chrono::system_clock::time_point now) const { return not_after <= now; }
    std::string text(
        std::chrono::system_clock::time_point now) const;  // "the certificate of example.org ends in 9 days, on 2026-02-03"
};

// Those that end within the notice, the earliest first.
std::vector<CertificateEnd> ending_certificates(const std::vector<CertificateFacts>& certificates,
                                                std::chrono::system_clock::time_point now);

}  // namespace host::http
