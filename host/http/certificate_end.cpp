#include "host/http/certificate_end.hpp"

#include <algorithm>

#include "host/core/clock.hpp"

namespace host::http {

std::string CertificateEnd::text(std::chrono::system_clock::time_point now) const {
    const std::string subject = "the certificate of " + name;
    const std::string date = core::rfc3339(core::to_wall_us(not_after)).substr(0, 10);
    if (is_past(now)) return subject + " ended on " + date;
    const auto days = std::chrono::floor<std::chrono::days>(not_after - now).count();
    return subject + " ends in " + std::to_string(days) + (days == 1 ? " day" : " days") + ", on " + date;
}

std::vector<CertificateEnd> ending_certificates(const std::vector<CertificateFacts>& certificates,
                                                std::chrono::system_clock::time_point now) {
    std::vector<CertificateEnd> ending;
    for (const CertificateFacts& facts : certificates) {
        if (facts.not_after - now >= certificate_notice) continue;
        ending.push_back({facts.names.empty() ? facts.file : facts.names.front(), facts.not_after});
    }
    std::sort(ending.begin(), ending.end(), [](const auto& a, const auto& b) { return a.not_after < b.not_after; });
    return ending;
}

}  // namespace host::http
