#include "host/http/answer_framing.hpp"

#include <array>
#include <charconv>
#include <ctime>

namespace host::http {

namespace {

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end);
}

// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made once a second for each thread.
std::string_view date_line() {
    thread_local std::array<char, 48> line;
    thread_local std::size_t size = 0;
    thread_local std::time_t made_at = -1;
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != made_at) {
        std::tm utc{};
        gmtime_r(&now.tv_sec, &utc);
        size = std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
        made_at = now.tv_sec;
    }
    return {line.data(), size};
}

void append_status_line(std::string& out, std::uint16_t status) {
    if (status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, status);
    out.append(" ").append(reason_phrase(status)).append("\r\n");
}

}  // namespace

bool may_have_body(std::uint16_t status) {
    return status >= 200 && status != 204 && status != 304;
}

void append_head(std::string& out, const Head& head, const HeadFraming& framing) {
    append_status_line(out, head.status());
    out.append(date_line()).append(head.lines());
    if (framing.body == BodyFraming::Sized) {
        out.append("Content-Length: ");
        append_number(out, framing.length);
        out.append("\r\n");
    } else if (framing.body == BodyFraming::Chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    if (!framing.keep_alive)
        out.append("Connection: close\r\n");
    else if (framing.minor_version == 0)
        out.append("Connection: keep-alive\r\n");
    out.append("\r\n");
}

void append_chunk_size(std::string& out, std::size_t size) {
    append_number(out, size, 16);
    out.append("\r\n");
}

}  // namespace host::http
