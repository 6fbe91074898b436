#include "host/http/static_files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "host/http/http_date.hpp"
#include "tests/host/http/served.hpp"
#include "tests/support/raw_client.hpp"

namespace host::http {
namespace {

using support::HttpAnswer;

// A directory of files, served below /files/.
class StaticFilesTest : public testing::Test {
  protected:
    StaticFilesTest() {
        char name[] = "/tmp/static-files-XXXXXX";
        root_ = ::mkdtemp(name);
        std::filesystem::create_directories(directory());
    }
    ~StaticFilesTest() override {
        served_.reset();
        std::filesystem::remove_all(root_);
    }

    std::filesystem::path directory() const { return root_ / "public"; }
    void write(const std::filesystem::path& file, std::string_view content) const {
        std::filesystem::create_directories((directory() / file).parent_path());
        std::ofstream(directory() / file, std::ios::binary) << content;
    }
    // Sets when a file was changed, in seconds since 1970.
    void date(const std::filesystem::path& file, std::time_t seconds) const {
        const timespec times[2] = {{seconds, 0}, {seconds, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, (directory() / file).c_str(), times, 0), 0);
    }
    HttpAnswer get(std::string_view target, const support::Headers& fields = {}) { return request("GET", target, fields); }
    HttpAnswer request(std::string_view method, std::string_view target, const support::Headers& fields = {}) {
        return client().request(method, target, fields);
    }
    support::HttpClient& client() {
        if (!served_) serve({});
        return served_->client();
    }
    void serve(Settings settings) {
        const auto files = std::make_shared<StaticFiles>(directory(), pool_, StaticFiles::Options{});
        Route all = route("GET", "/files/{path...}", [files](const std::shared_ptr<Exchange>& exchange) {
            files->serve(exchange, exchange->params().front().value);
        });
        all.blocking = true;
        served_ = std::make_unique<Served>(std::vector{std::move(all)}, settings);
    }

    std::filesystem::path root_;
    core::ThreadPool pool_{"files", {2, 64}};
    std::unique_ptr<Served> served_;
};

std::string large_text(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += std::to_string(i) + ",";
    text.resize(size);
    return text;
}

TEST_F(StaticFilesTest, ServesAFileWithItsTypeAndValidators) {
    write("style.css", "body{}");
    date("style.css", 784111777);
    const HttpAnswer answer = get("/files/style.css");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "body{}");
    EXPECT_EQ(answer.field("Content-Type"), "text/css; charset=utf-8");
    EXPECT_EQ(answer.field("Content-Length"), "6");
    EXPECT_EQ(answer.field("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(answer.field("Accept-Ranges"), "bytes");
    EXPECT_EQ(answer.field("Cache-Control"), "no-cache");
    EXPECT_TRUE(answer.field("ETag").starts_with('"'));
}

TEST_F(StaticFilesTest, ServesAnEmptyFile) {
    write("empty.bin", "");
    const HttpAnswer answer = get("/files/empty.bin", {{"Range", "bytes=-1"}});
    EXPECT_EQ(get("/files/empty.bin").status, 200);
    EXPECT_EQ(get("/files/empty.bin").body, "");
    EXPECT_EQ(answer.status, 416);
}

TEST_F(StaticFilesTest, AnswersHeadWithTheLengthAndNoBody) {
    write("large.bin", large_text(300'000));
    const HttpAnswer answer = request("HEAD", "/files/large.bin");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), "300000");
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(get("/files/large.bin").status, 200) << "the connection goes on";
}

TEST_F(StaticFilesTest, ServesALargeFileWholeOnAConnectionThatGoesOn) {
    const std::string content = large_text(5'000'000);
    write("large.bin", content);
    const HttpAnswer answer = get("/files/large.bin");
    EXPECT_EQ(answer.field("Content-Length"), "5000000");
    EXPECT_EQ(answer.count("Transfer-Encoding"), 0U);
    EXPECT_TRUE(answer.body == content);
    EXPECT_TRUE(get("/files/large.bin").body == content);
}

TEST_F(StaticFilesTest, ReadsAheadOfASlowClientNoMoreThanItMay) {
    constexpr std::size_t size = 64 * 1024 * 1024;
    { std::ofstream(directory() / "huge.bin"); }
    std::filesystem::resize_file(directory() / "huge.bin", size);
    Settings settings;
    settings.stream_bytes_max = 64 * 1024;
    serve(settings);
    client().send("GET", "/files/huge.bin");
    EXPECT_EQ(client().read_head().field("Content-Length"), std::to_string(size));
    // Nobody reads: the thread that fed the client is free again, for a stuck download must not hold one.
    support::HttpClient other(served_->address());
    EXPECT_EQ(other.get("/files/none").status, 404);
    EXPECT_EQ(other.get("/files/none").status, 404);
}

TEST_F(StaticFilesTest, CutsTheAnswerWhenTheFileBecomesShorter) {
    constexpr std::size_t size = 64 * 1024 * 1024;
    { std::ofstream(directory() / "huge.bin"); }
    std::filesystem::resize_file(directory() / "huge.bin", size);
    Settings settings;
    settings.stream_bytes_max = 64 * 1024;
    serve(settings);
    support::RawClient slow(served_->address(), 4096);
    slow.send("GET /files/huge.bin HTTP/1.1\r\nHost: a\r\n\r\n").read_until("\r\n\r\n");
    std::filesystem::resize_file(directory() / "huge.bin", 10);
    EXPECT_LT(slow.read_to_end().size(), size) << "the connection ends, so that the body does not look complete";
}

TEST_F(StaticFilesTest, SaysNotModifiedToWhoeverHasTheFile) {
    write("a.txt", "hello");
    date("a.txt", 784111777);
    const std::string etag = get("/files/a.txt").field("ETag");
    const HttpAnswer answer = get("/files/a.txt", {{"If-None-Match", "\"x\", W/" + etag}});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.field("ETag"), etag);
    EXPECT_EQ(get("/files/a.txt", {{"If-None-Match", "*"}}).status, 304);
    EXPECT_EQ(get("/files/a.txt", {{"If-None-Match", "\"x\""}}).status, 200);
    EXPECT_EQ(get("/files/a.txt", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 304);
    EXPECT_EQ(get("/files/a.txt", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}).status, 200);
    EXPECT_EQ(
        get("/files/a.txt", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"If-None-Match", "\"x\""}}).status,
        200)
        << "the tag decides";
}

TEST_F(StaticFilesTest, GivesAFileThatWasReplacedAnotherTag) {
    write("a.txt", "first");
    date("a.txt", 784111777);
    const std::string etag = get("/files/a.txt").field("ETag");
    write("b.txt", "other");
    date("b.txt", 784111777);
    std::filesystem::rename(directory() / "b.txt", directory() / "a.txt");
    EXPECT_NE(get("/files/a.txt").field("ETag"), etag);
}

TEST_F(StaticFilesTest, SendsOnePart) {
    write("a.txt", "0123456789");
    for (const auto& [range, body, told] : {std::tuple{"bytes=2-4", "234", "bytes 2-4/10"},
                                            {"bytes=7-", "789", "bytes 7-9/10"},
                                            {"bytes=-2", "89", "bytes 8-9/10"},
                                            {"Bytes=5-99", "56789", "bytes 5-9/10"},
                                            {"bytes=-99", "0123456789", "bytes 0-9/10"}}) {
        const HttpAnswer answer = get("/files/a.txt", {{"Range", range}});
        EXPECT_EQ(answer.status, 206) << range;
        EXPECT_EQ(answer.body, body) << range;
        EXPECT_EQ(answer.field("Content-Range"), told) << range;
        EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8") << range;
    }
}

TEST_F(StaticFilesTest, SendsSeveralParts) {
    write("a.txt", "0123456789");
    const HttpAnswer answer = get("/files/a.txt", {{"Range", "bytes=0-1, -2, 4-4"}});
    EXPECT_EQ(answer.status, 206);
    const std::string type = answer.field("Content-Type");
    ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary=")) << type;
    const std::string boundary = type.substr(type.find('=') + 1);
    const auto part = [&](const std::string& range, const std::string& body) {
        return "--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes " + range +
               "/10\r\n\r\n" + body + "\r\n";
    };
    EXPECT_EQ(answer.body, part("0-1", "01") + part("8-9", "89") + part("4-4", "4") + "--" + boundary + "--\r\n");
    EXPECT_EQ(answer.count("Content-Range"), 0U);
}

TEST_F(StaticFilesTest, SendsPartsOfALargeFile) {
    const std::string content = large_text(2'000'000);
    write("large.bin", content);
    const HttpAnswer answer = get("/files/large.bin", {{"Range", "bytes=100000-1899999"}});
    EXPECT_EQ(answer.status, 206);
    EXPECT_TRUE(answer.body == content.substr(100'000, 1'800'000));
}

TEST_F(StaticFilesTest, RefusesARangeBehindTheEnd) {
    write("a.txt", "0123456789");
    const HttpAnswer answer = get("/files/a.txt", {{"Range", "bytes=10-"}});
    EXPECT_EQ(answer.status, 416);
    EXPECT_EQ(answer.field("Content-Range"), "bytes */10");
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
}

TEST_F(StaticFilesTest, SendsPartsOnlyOfTheVersionThatTheClientHas) {
    write("a.txt", "0123456789");
    date("a.txt", 784111777);
    const std::string etag = get("/files/a.txt").field("ETag");
    const auto status_if = [&](const std::string& condition) {
        return get("/files/a.txt", {{"Range", "bytes=2-4"}, {"If-Range", condition}}).status;
    };
    EXPECT_EQ(status_if(etag), 206);
    EXPECT_EQ(status_if("\"other\""), 200);
    EXPECT_EQ(status_if("W/" + etag), 200) << "a weak tag proves nothing about bytes";
    EXPECT_EQ(status_if("Sun, 06 Nov 1994 08:49:37 GMT"), 206);
    EXPECT_EQ(status_if("Sun, 06 Nov 1994 08:49:38 GMT"), 200) << "not the date it was told";
    date("a.txt", std::time(nullptr));
    EXPECT_EQ(status_if(get("/files/a.txt").field("Last-Modified")), 200) << "it may change again within this second";
}

TEST_F(StaticFilesTest, PrefersCompressedSiblingsWhereTheClientDoes) {
    write("app.js", "plain");
    write("app.js.gz", "gzipped");
    write("app.js.zst", "zstandard");
    const auto body_for = [&](const char* accepted) {
        const HttpAnswer answer = get("/files/app.js", {{"Accept-Encoding", accepted}});
        EXPECT_EQ(answer.field("Content-Type"), "text/javascript; charset=utf-8");
        EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
        return answer.field("Content-Encoding") + ":" + answer.body;
    };
    EXPECT_EQ(body_for("gzip, zstd"), "zstd:zstandard");
    EXPECT_EQ(body_for("gzip, zstd;q=0.5"), "gzip:gzipped");
    EXPECT_EQ(body_for("gzip;q=0"), ":plain");
    EXPECT_EQ(body_for("br"), ":plain");
    EXPECT_NE(get("/files/app.js").field("ETag"), get("/files/app.js", {{"Accept-Encoding", "gzip"}}).field("ETag"));
    std::filesystem::remove(directory() / "app.js.zst");
    EXPECT_EQ(body_for("gzip, zstd"), "gzip:gzipped");
    date("app.js.gz", 784111777);
    EXPECT_EQ(body_for("gzip"), ":plain") << "a sibling that is older is of another version";
}

TEST_F(StaticFilesTest, ShowsADirectoryByItsIndexOnly) {
    write("index.html", "top");
    write("guide/index.html", "guide");
    write("bare/file.txt", "file");
    EXPECT_EQ(get("/files/").body, "top");
    EXPECT_EQ(get("/files/guide/").body, "guide");
    const HttpAnswer without_slash = get("/files/guide");
    EXPECT_EQ(without_slash.status, 308);
    EXPECT_EQ(without_slash.field("Location"), "/files/guide/");
    EXPECT_EQ(get("/files/bare/").status, 404);
    EXPECT_EQ(get("/files/bare").status, 404);
    EXPECT_EQ(get("/files/bare/file.txt/").status, 404);
}

TEST_F(StaticFilesTest, NeverLeavesTheDirectory) {
    std::ofstream(root_ / "secret.txt") << "secret";
    write("inside.txt", "inside");
    std::filesystem::create_symlink("../secret.txt", directory() / "relative.txt");
    std::filesystem::create_symlink(root_ / "secret.txt", directory() / "absolute.txt");
    std::filesystem::create_directory_symlink("..", directory() / "up");
    for (const char* target : {"/files/../secret.txt", "/files/%2e%2e/secret.txt", "/files/..%2fsecret.txt",
                               "/files/%2fetc%2fpasswd", "/files//etc/passwd", "/files/relative.txt", "/files/absolute.txt",
                               "/files/up/secret.txt", "/files/inside.txt%00.html"}) {
        const HttpAnswer answer = get(target);
        EXPECT_TRUE(answer.status == 404 || answer.status == 400) << target << " " << answer.status;
        EXPECT_EQ(answer.body.find("secret\n"), std::string::npos) << target;
    }
}

TEST_F(StaticFilesTest, ServesNoHiddenFilesAndNothingThatIsNoFile) {
    write(".env", "secret");
    write(".git/config", "secret");
    ASSERT_EQ(::mkfifo((directory() / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(get("/files/.env").status, 404);
    EXPECT_EQ(get("/files/.git/config").status, 404);
    EXPECT_EQ(get("/files/pipe").status, 404);
    EXPECT_EQ(get("/files/none.txt").status, 404);
}

TEST_F(StaticFilesTest, OpensByComponentsWithoutAnyLinks) {
    write("a/b.txt", "b");
    std::filesystem::create_directory_symlink("a", directory() / "link");
    const int base = ::open(directory().c_str(), O_RDONLY | O_DIRECTORY);
    ASSERT_GE(base, 0);
    EXPECT_TRUE(detail::open_by_components(base, "a/b.txt"));
    EXPECT_FALSE(detail::open_by_components(base, "link/b.txt"));
    EXPECT_FALSE(detail::open_by_components(base, "a/../a/b.txt"));
    EXPECT_FALSE(detail::open_by_components(base, "a/b.txt/c"));
    ::close(base);
}

}  // namespace
}  // namespace host::http
