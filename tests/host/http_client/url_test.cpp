#include "host/http_client/url.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::http_client {
namespace {

TEST(Url, IsReadAsItWillBeCalled) {
    const Url url = Url::parse("HTTPS://API.Example.org/a?b=c#d");
    EXPECT_EQ(url.scheme(), "https");
    EXPECT_EQ(url.host(), "api.example.org");
    EXPECT_EQ(url.port(), 443);
    EXPECT_EQ(Url::parse("http://[::1]:8080/").host(), "::1");
    EXPECT_EQ(Url::parse("http://[::1]:8080/").port(), 8080);
}

TEST(Url, ShowsAnAddressHoweverItIsSpelt) {
    for (const char* text :
         {"http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.1/"})
        EXPECT_EQ(Url::parse(text).host(), "127.0.0.1") << text;
}

TEST(Url, ThatHidesSomethingIsRefused) {
    for (const char* text :
         {"", "api.example.org", "/path", "ftp://a.org/", "file:///etc/passwd", "gopher://a.org/", "http://user@a.org/",
          "http://user:password@a.org/", "http://a.org\\@b.org/", "http://a.org/\r\nx", "http://a .org/", "http://a.org:0/",
          "http://a.org:99999/", "http://[fe80::1%25eth0]/",
          "http://b\xc3\xbc"
          "cher.org/",
          "http:///path", "http://a.org%00/"})
        EXPECT_THROW(Url::parse(text), core::Error) << text;
}

TEST(Url, DoesNotShowACredentialInItsRefusal) {
    try {
        Url::parse("https://user:geheim@a.org/");
        FAIL();
    } catch (const core::Error& error) {
        EXPECT_EQ(std::string(error.what()).find("geheim"), std::string::npos);
    }
}

TEST(Url, ResolvesWhereARedirectLeads) {
    const Url url = Url::parse("https://a.org/x/y?q=1");
    EXPECT_TRUE(url.same_origin(url.resolve("/z")));
    EXPECT_TRUE(url.same_origin(url.resolve("z")));
    EXPECT_EQ(url.resolve("//b.org/z").host(), "b.org");
    EXPECT_EQ(url.resolve("//b.org/z").scheme(), "https");
    EXPECT_FALSE(url.same_origin(url.resolve("https://a.org:8443/")));
    EXPECT_FALSE(url.same_origin(url.resolve("http://a.org/")));
    EXPECT_THROW(url.resolve("file:///etc/passwd"), core::Error);
    EXPECT_THROW(url.resolve("https://user:pw@a.org/"), core::Error);
}

}  // namespace
}  // namespace host::http_client
