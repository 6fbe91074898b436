// Reading a request: the host's codec against Boost.Beast's basic_parser, which is what it would be built on otherwise.
// Both are given a whole request in one piece and leave every field where a handler could look at it.

#include <benchmark/benchmark.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <string_view>
#include <vector>

#include "host/http/message.hpp"
#include "host/http/request_reader.hpp"

namespace {

namespace beast = boost::beast;

constexpr std::string_view plain_request =
    "GET /hello/World HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "\r\n";

constexpr std::string_view browser_request =
    "GET /hello/World HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.9,de-DE;q=0.8,de;q=0.7,fr;q=0.6\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Cache-Control: max-age=0\r\n"
    "Referer: https://www.example.org/a/page/with/a/rather/long/path?and=a&query=string\r\n"
    "Cookie: session=4f1d8b6a2c9e4707b53a0d6e8f91c2ab; theme=dark; consent=analytics%3Dfalse; locale=en-GB\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "\r\n";

// The least that a parser derived from Beast's must do to be of use: remember where everything stands.
class BeastReader : public beast::http::basic_parser<true> {
  public:
    explicit BeastReader(std::vector<host::http::Field>& fields) : fields_(fields) { fields_.clear(); }

  private:
    using Text = beast::string_view;
    using Error = beast::error_code;
    static std::string_view view(Text text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb, Text method, Text target, int, Error&) override {
        benchmark::DoNotOptimize(method);
        benchmark::DoNotOptimize(target);
    }
    void on_field_impl(beast::http::field, Text name, Text value, Error&) override {
        fields_.push_back({view(name), view(value)});
    }
    void on_response_impl(int, Text, int, Error&) override {}
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override { return body.size(); }
    void on_finish_impl(Error&) override {}

    std::vector<host::http::Field>& fields_;
};

void read_with_codec(benchmark::State& state, std::string_view request) {
    const host::http::Settings limits;
    host::http::RequestReader reader(limits);
    for (auto _ : state) {
        std::string_view input = request;
        if (reader.read(input) != host::http::RequestReader::State::Whole) return state.SkipWithError("not read");
        benchmark::DoNotOptimize(reader.request().fields.data());
        reader.next();
    }
}

void read_with_beast(benchmark::State& state, std::string_view request) {
    std::vector<host::http::Field> fields;
    for (auto _ : state) {
        BeastReader reader(fields);
        beast::error_code error;
        reader.put(boost::asio::buffer(request.data(), request.size()), error);
        if (error || !reader.is_done()) return state.SkipWithError("not read");
        benchmark::DoNotOptimize(fields.data());
    }
}

BENCHMARK_CAPTURE(read_with_codec, plain, plain_request)->Name("codec/plain");
BENCHMARK_CAPTURE(read_with_beast, plain, plain_request)->Name("beast/plain");
BENCHMARK_CAPTURE(read_with_codec, browser, browser_request)->Name("codec/browser");
BENCHMARK_CAPTURE(read_with_beast, browser, browser_request)->Name("beast/browser");

}  // namespace

BENCHMARK_MAIN();
