// Any bytes as a connection's input: our reader against Boost.Beast's parser, and our reader against itself with the same
// bytes cut in other places.
//
// What we accept, Beast must accept and read alike: method, target, fields, body, and where the next request begins.
// What we refuse and Beast accepts is stricter on purpose, one of:
//   bare LF and bare CR as line ends or inside lines          RFC 9112 section 2.2
//   obs-fold                                                  RFC 9112 section 5.2
//   none or several Host, one that is no host                 RFC 9112 section 3.2
//   targets with '#', with bytes above 0x7e, of a wrong form  RFC 9112 section 3.2, RFC 3986
//   equal Content-Length twice; Content-Length with chunked   RFC 9112 sections 6.2, 6.3
//   transfer codings that are not chunked alone               RFC 9112 section 6.1
//   an Expect that is not 100-continue                        RFC 9110 section 10.1.1
//   trailers that frame the message or steer the connection   RFC 9110 section 6.5.1
//   limits of sizes and counts                                RFC 9110 sections 4.1, 5.4
// What Beast refuses and we accept: empty lines before a request (RFC 9112 section 2.2), which are taken off first, and
// a Proxy-Connection that is no list: no such field exists (RFC 9110 section 7.6.1), it is one like any other here.
#include <algorithm>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/request_reader.hpp"

namespace {

namespace beast = boost::beast;
using host::http::RequestReader;

constexpr std::uint64_t body_bytes_max = 4096;

const std::set<std::string_view>& stricter() {
    static const std::set<std::string_view> codes = {
        "BAD_LINE_END",
        "FOLDED_HEADER",
        "BAD_HOST",
        "BAD_TARGET",
        "BAD_CONTENT_LENGTH",
        "AMBIGUOUS_LENGTH",
        "BAD_TRANSFER_ENCODING",
        "TRANSFER_ENCODING_NOT_IMPLEMENTED",
        "EXPECTATION_FAILED",
        "TARGET_TOO_LONG",
        "HEAD_TOO_LARGE",
        "TOO_MANY_HEADERS",
        "BODY_TOO_LARGE",
        "METHOD_NOT_IMPLEMENTED",
        "BAD_CHUNK",
        "BAD_TRAILER",
    };
    return codes;
}

void require(bool right, std::string_view what, std::string_view found = {}) {
    if (right) return;
    std::fprintf(stderr, "%.*s %.*s\n", int(what.size()), what.data(), int(found.size()), found.data());
    std::abort();
}

struct Read {
    std::string text;     // method, target, fields, body of a whole request
    std::size_t end = 0;  // where the next one begins
    std::string_view refusal;
    bool whole = false;
};

void add(std::string& text, std::string_view part) {
    text.append(part);
    text.push_back('\n');
}

// The first request, with the input arriving in pieces of `step` bytes.
Read read_ours(std::string_view bytes, std::size_t step) {
    static const host::http::Settings limits;
    RequestReader reader(limits);
    std::string pending;
    Read read;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        pending.append(bytes.substr(at, step));
        std::string_view input = pending;
        auto state = reader.read(input);
        if (state == RequestReader::State::NeedLimit) {
            reader.allow_body(body_bytes_max);
            state = reader.read(input);
        }
        taken += pending.size() - input.size();
        if (state == RequestReader::State::Refused) {
            read.refusal = reader.refusal().code;
            return read;
        }
        if (state == RequestReader::State::Whole) {
            add(read.text, reader.request().method);
            add(read.text, reader.request().target);
            for (const auto& field : reader.request().fields) {
                add(read.text, field.name);
                add(read.text, field.value);
            }
            add(read.text, reader.request().body);
            read.end = taken;
            read.whole = true;
            return read;
        }
        pending = std::string(input);
    }
    return read;
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

// The fields as Beast saw them, in their order: its own container groups equal names.
class OrderedParser final : public beast::http::basic_parser<true> {
  public:
    std::string text;
    std::string body;

  private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int,
                         beast::error_code& error) override {
        add(text, view(method));
        add(text, view(target));
        error = {};
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       beast::error_code& error) override {
        error = {};
        if (in_trailer_) return;  // dropped here, RFC 9112 section 6.5.1
        add(text, view(name));
        add(text, view(value));
    }
    void on_header_impl(beast::error_code& error) override {
        in_trailer_ = true;
        error = {};
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code& error) override { error = {}; }
    std::size_t on_body_impl(beast::string_view part, beast::error_code& error) override {
        body.append(part.data(), part.size());
        error = {};
        return part.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code& error) override { error = {}; }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, beast::error_code& error) override {
        return on_body_impl(part, error);
    }
    void on_finish_impl(beast::error_code& error) override { error = {}; }
    void on_response_impl(int, beast::string_view, int, beast::error_code& error) override { error = {}; }

    bool in_trailer_ = false;
};

bool names_proxy_connection(const std::string& text) {
    constexpr std::string_view name = "\nproxy-connection\n";
    return std::search(text.begin(), text.end(), name.begin(), name.end(),
                       [](unsigned char a, char b) { return std::tolower(a) == b; }) != text.end();
}

Read read_beast(std::string_view bytes) {
    OrderedParser parser;
    parser.eager(true);
    parser.header_limit(64 * 1024);
    parser.body_limit(std::uint64_t(1) << 60);
    Read read;
    std::size_t at = 0;
    while (!parser.is_done()) {
        beast::error_code error;
        const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data() + at, bytes.size() - at), error);
        at += used;
        if (error == beast::http::error::need_more || (!error && used == 0)) return read;
        if (error) {
            read.refusal = error == beast::http::error::bad_value ? "bad value" : "refused";
            return read;
        }
    }
    read.text = parser.text + parser.body + "\n";
    read.end = at;
    read.whole = true;
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    while (bytes.substr(0, 2) == "\r\n")
        bytes.remove_prefix(2);
    if (bytes.empty()) return 0;
    const Read ours = read_ours(bytes, bytes.size());
    for (const std::size_t step : {1, 2, 3, 7}) {
        if (size > 4096 && step < 7) continue;
        const Read cut = read_ours(bytes, step);
        require(cut.whole == ours.whole && cut.text == ours.text && cut.end == ours.end, "cut otherwise, read otherwise");
        require(cut.refusal == ours.refusal, "cut otherwise, refused otherwise:", cut.refusal);
    }
    const Read theirs = read_beast(bytes);
    if (ours.whole && theirs.refusal == "bad value" && names_proxy_connection(ours.text)) return 0;
    if (ours.whole) {
        require(theirs.whole, "accepted here, not by Beast");
        require(theirs.text == ours.text, "read otherwise:", theirs.text);
        require(theirs.end == ours.end, "the next request begins elsewhere");
    } else if (theirs.whole) {
        require(!ours.refusal.empty(), "accepted by Beast, waited for here");
        require(stricter().count(ours.refusal) != 0, "refused here, accepted by Beast:", ours.refusal);
    }
    return 0;
}
