#include "host/http/certificate_end.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

using namespace std::chrono_literals;
const auto now = std::chrono::system_clock::time_point(24h * 20'000);

TEST(CertificateEnd, OnlyThoseWithinTheNoticeAreNamedTheEarliestFirst) {
    const auto ending = ending_certificates({{"a.pem", {"far.example.org"}, now + 24h * 14},
                                             {"b.pem", {"near.example.org", "x"}, now + 24h * 13},
                                             {"c.pem", {}, now - 1s},
                                             {"d.pem", {"tomorrow.example.org"}, now + 25h}},
                                            now);
    ASSERT_EQ(ending.size(), 3u);
    EXPECT_EQ(ending[0].text(now), "the certificate of c.pem ended on 2024-10-03");
    EXPECT_EQ(ending[1].text(now), "the certificate of tomorrow.example.org ends in 1 day, on 2024-10-05");
    EXPECT_EQ(ending[2].text(now), "the certificate of near.example.org ends in 13 days, on 2024-10-17");
}

}  // namespace
}  // namespace host::http
