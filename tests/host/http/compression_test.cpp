#include "host/http/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "host/http/compressor.hpp"
#include "tests/host/http/served.hpp"

namespace host::http {
namespace {

using support::Headers;
using support::HttpAnswer;

std::string json_of(std::size_t size) {
    std::string text = "[";
    for (std::size_t i = 0; text.size() < size; ++i)
        text += "{\"id\":\"note_" + std::to_string(i * 7919) + "\",\"done\":false},";
    text.resize(size);
    return text;
}

std::string ungzip(const std::string& body, std::size_t size) {
    std::string plain(size, '\0');
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(plain.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    return plain;
}

std::string unzstd(const std::string& body, std::size_t size) {
    std::string plain(size, '\0');
    EXPECT_EQ(ZSTD_decompress(plain.data(), plain.size(), body.data(), body.size()), size);
    return plain;
}

// A route that answers with that body and header lines.
Route answering(std::string body, std::string lines = "Content-Type: application/json\r\n", std::uint16_t status = 200) {
    return route("GET", "/data", [=](const std::shared_ptr<Exchange>& exchange) {
        exchange->send(std::move(Head(status).add_raw(lines)), Bytes(body));
    });
}

HttpAnswer ask(std::vector<Route> routes, const Headers& fields, Settings settings = {}, std::string_view method = "GET") {
    return Served(std::move(routes), settings).client().request(method, "/data", fields);
}

const Headers gzip = {{"Accept-Encoding", "gzip"}};

TEST(Compression, MakesAnswersSmallerThatTheClientReadsAsBefore) {
    for (const std::size_t size : {2'000UL, 16'384UL, 16'385UL, 1'000'000UL}) {
        const std::string body = json_of(size);
        const HttpAnswer zipped = ask({answering(body)}, gzip);
        EXPECT_EQ(zipped.field("Content-Encoding"), "gzip");
        EXPECT_LT(zipped.body.size(), size / 2);
        EXPECT_TRUE(ungzip(zipped.body, size) == body);
        const HttpAnswer standard = ask({answering(body)}, {{"Accept-Encoding", "gzip, deflate, br, zstd"}});
        EXPECT_EQ(standard.field("Content-Encoding"), "zstd");
        EXPECT_TRUE(unzstd(standard.body, size) == body);
        EXPECT_EQ(standard.field("Vary"), "Accept-Encoding");
    }
}

TEST(Compression, LeavesTheAnswerPlainForWhoDoesNotAskForMoreButTellsCaches) {
    const std::string body = json_of(5'000);
    for (const char* accepted : {"identity", "gzip;q=0", "br"}) {
        const HttpAnswer answer = ask({answering(body)}, {{"Accept-Encoding", accepted}});
        EXPECT_EQ(answer.count("Content-Encoding"), 0U) << accepted;
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
    }
}

TEST(Compression, DoesNotTouchWhatItDoesNotPayFor) {
    const std::string type = "Content-Type: application/json\r\n";
    const auto is_plain = [](Route route) {
        const HttpAnswer answer = ask({std::move(route)}, gzip);
        return answer.count("Content-Encoding") == 0 && answer.count("Vary") == 0;
    };
    EXPECT_TRUE(is_plain(answering(json_of(1'023)))) << "small";
    EXPECT_TRUE(is_plain(answering(json_of(5'000), "Content-Type: image/png\r\n")));
    EXPECT_TRUE(is_plain(answering(json_of(5'000), "")));
    EXPECT_TRUE(is_plain(answering(json_of(5'000), type + "Cache-Control: public, no-transform\r\n")));
    EXPECT_TRUE(is_plain(answering(json_of(5'000), type + "Content-Range: bytes 0-4999/9000\r\n", 206)));
    EXPECT_EQ(ask({answering(json_of(5'000), type + "Content-Encoding: br\r\n")}, gzip).field("Content-Encoding"), "br");
    std::string noise(5'000, '\0');
    std::uint32_t state = 1;
    for (char& byte : noise)
        byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    EXPECT_EQ(ask({answering(noise)}, gzip).body, noise) << "it would become larger";
}

TEST(Compression, NeverHoldsBackAStream) {
    Route stream = route("GET", "/data", [](const std::shared_ptr<Exchange>& exchange) {
        ASSERT_TRUE(exchange->open(std::move(Head(200).add("Content-Type", "application/json")), {}));
        exchange->write(Bytes(json_of(5'000)));
        exchange->close(Outcome::Complete);
    });
    const HttpAnswer answer = ask({std::move(stream)}, gzip);
    EXPECT_EQ(answer.count("Content-Encoding"), 0U);
    EXPECT_EQ(answer.body, json_of(5'000));
}

TEST(Compression, IsNotForKnownCallersUnlessTheAdministratorSaysSo) {
    Settings brave;
    brave.compression.authenticated = true;
    for (const char* name : {"Authorization", "Cookie"}) {
        const Headers fields = {{"Accept-Encoding", "gzip"}, {name, "x"}};
        EXPECT_EQ(ask({answering(json_of(5'000))}, fields).count("Content-Encoding"), 0U) << name;
        EXPECT_EQ(ask({answering(json_of(5'000))}, fields, brave).field("Content-Encoding"), "gzip") << name;
    }
    Route known = answering("");
    known.access = Access::Authenticated;
    EXPECT_FALSE(compresses(known, {}));
    EXPECT_TRUE(compresses(known, brave.compression));
}

TEST(Compression, CanBeSwitchedOff) {
    Settings off;
    off.compression.enabled = false;
    const HttpAnswer answer = ask({answering(json_of(5'000))}, gzip, off);
    EXPECT_EQ(answer.count("Content-Encoding") + answer.count("Vary"), 0U);
}

TEST(Compression, MakesAStrongTagWeak) {
    const std::string lines = "Content-Type: application/json\r\nETag: \"v1\"\r\nX-Other: y\r\n";
    const HttpAnswer answer = ask({answering(json_of(5'000), lines)}, gzip);
    EXPECT_EQ(answer.field("ETag"), "W/\"v1\"");
    EXPECT_EQ(answer.count("ETag"), 1U);
    EXPECT_EQ(answer.field("X-Other"), "y");
    EXPECT_EQ(ask({answering(json_of(5'000), lines)}, {}).field("ETag"), "\"v1\"");
    EXPECT_EQ(ask({answering(json_of(5'000), "Content-Type: text/plain\r\nETag: W/\"v1\"\r\n")}, gzip).field("ETag"),
              "W/\"v1\"");
}

TEST(Compression, KeepsTheStrongTagOfWhatCanBeWrittenBecauseIfMatchNeedsIt) {
    const std::string lines = "Content-Type: application/json\r\nETag: \"v1\"\r\n";
    const auto nothing = [](const std::shared_ptr<Exchange>& exchange) { send_text(*exchange, ""); };
    const HttpAnswer answer = ask({answering(json_of(5'000), lines), route("PUT", "/data", nothing)}, gzip);
    EXPECT_EQ(answer.field("ETag"), "\"v1\"");
    EXPECT_EQ(answer.count("Content-Encoding"), 0U);
}

TEST(Compression, TellsHeadWhatGetWouldSend) {
    Served served({answering(json_of(50'000))});
    const std::string length = served.client().get("/data", gzip).field("Content-Length");
    const HttpAnswer head = served.client().request("HEAD", "/data", gzip);
    EXPECT_EQ(head.field("Content-Length"), length);
    EXPECT_EQ(head.field("Content-Encoding"), "gzip");
}

TEST(Compression, SendsALargeAnswerPlainWhenNoThreadTakesIt) {
    core::ThreadPool pool("blocking", {1, 1});
    pool.stop();
    std::string lines;
    const log::Logger logger(log::open_memory({}, lines), "http");
    Settings settings;
    settings.listen = {"127.0.0.1:0"};
    Pipeline pipeline(settings, logger, pool);
    pipeline.publish(table_of({answering(json_of(50'000))}));
    Server server(settings, pipeline, logger);
    server.start();
    support::HttpClient client(server.addresses().front());
    const HttpAnswer answer = client.request("GET", "/data", gzip);
    EXPECT_EQ(answer.count("Content-Encoding"), 0U);
    EXPECT_EQ(answer.body, json_of(50'000));
}

TEST(Compressor, GivesUpOnWhatDoesNotBecomeSmaller) {
    EXPECT_FALSE(compress(Coding::Gzip, "x"));
    EXPECT_FALSE(compress(Coding::Zstd, "x"));
    EXPECT_FALSE(compress(Coding::Gzip, ""));
    const std::string body = json_of(3'000);
    EXPECT_EQ(ungzip(*compress(Coding::Gzip, body), body.size()), body) << "the next body is not disturbed";
    EXPECT_EQ(unzstd(*compress(Coding::Zstd, body), body.size()), body);
}

}  // namespace
}  // namespace host::http
