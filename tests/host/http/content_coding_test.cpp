#include "host/http/content_coding.hpp"

#include <gtest/gtest.h>

#include "host/http/content_type.hpp"

namespace host::http {
namespace {

std::string_view chosen(std::initializer_list<std::string_view> values) {
    Request request;
    for (const std::string_view value : values)
        request.fields.push_back({"accept-encoding", value});
    return name_of(choose_coding(request, {Coding::Zstd, Coding::Gzip}));
}

TEST(ContentCoding, IsTheOneThatTheClientLikesBest) {
    EXPECT_EQ(chosen({"gzip, zstd"}), "zstd") << "ours decides between equals";
    EXPECT_EQ(chosen({"gzip;q=1, zstd;q=0.9"}), "gzip");
    EXPECT_EQ(chosen({"GZip ; Q=0.001"}), "gzip");
    EXPECT_EQ(chosen({"gzip", "zstd"}), "zstd") << "lines are one list";
    EXPECT_EQ(chosen({"x-gzip"}), "gzip");
    EXPECT_EQ(chosen({"*"}), "zstd");
    EXPECT_EQ(chosen({"*;q=0.5, zstd;q=0"}), "gzip");
    EXPECT_EQ(chosen({"identity;q=0.5, gzip;q=0.8"}), "gzip");
}

TEST(ContentCoding, IsNoneWhereTheClientDoesNotSayThatItWantsOne) {
    EXPECT_EQ(chosen({}), "identity");
    EXPECT_EQ(chosen({""}), "identity");
    EXPECT_EQ(chosen({"br, deflate"}), "identity");
    EXPECT_EQ(chosen({"gzip;q=0"}), "identity");
    EXPECT_EQ(chosen({"gzip;q=0.000, zstd;q=0."}), "identity");
    EXPECT_EQ(chosen({"identity, gzip;q=0.5"}), "identity");
    EXPECT_EQ(chosen({"gzip;q=2, zstd;q=high"}), "identity") << "what cannot be read is not wished for";
    EXPECT_EQ(chosen({"gzip;level=9"}), "identity");
}

TEST(ContentType, TellsWhatCompressesWell) {
    for (const char* type : {"text/plain; charset=utf-8", "application/json", "application/problem+json", "image/svg+xml",
                             "TEXT/HTML", "application/javascript"}) {
        EXPECT_TRUE(is_compressible(type)) << type;
    }
    for (const char* type : {"text/event-stream", "text/event-stream; charset=utf-8", "image/png", "application/zip",
                             "application/octet-stream", "", "font/woff2"}) {
        EXPECT_FALSE(is_compressible(type)) << type;
    }
}

TEST(ContentType, IsKnownByTheEndOfTheName) {
    EXPECT_EQ(content_type_of("a.tar.gz"), "application/gzip");
    EXPECT_EQ(content_type_of("INDEX.HTML"), "text/html; charset=utf-8");
    EXPECT_EQ(content_type_of("Makefile"), "application/octet-stream");
    EXPECT_EQ(content_type_of("odd."), "application/octet-stream");
}

}  // namespace
}  // namespace host::http
