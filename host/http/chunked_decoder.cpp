#include "host/http/chunked_decoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "host/http/refusals.hpp"
#include "host/http/request_head.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// Room for the size and for extensions, which nobody sends.
constexpr std::size_t size_line_bytes_max = 256;

void skip_blanks(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
}

bool skip_token(std::string_view& text) {
    std::size_t size = 0;
    while (size < text.size() && is_token(text.substr(size, 1)))
        ++size;
    text.remove_prefix(size);
    return size != 0;
}

bool skip_quoted(std::string_view& text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
        if (text[i] == '\\') ++i;
    }
    return false;
}

// *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
bool is_extension_list(std::string_view text) {
    if (!is_field_value(text)) return false;
    while (!text.empty()) {
        skip_blanks(text);
        if (text.empty() || text.front() != ';') return false;
        text.remove_prefix(1);
        skip_blanks(text);
        if (!skip_token(text)) return false;
        std::string_view value = text;
        skip_blanks(value);
        if (value.empty() || value.front() != '=') continue;
        value.remove_prefix(1);
        skip_blanks(value);
        const bool quoted = !value.empty() && value.front() == '"';
        if (!(quoted ? skip_quoted(value) : skip_token(value))) return false;
        text = value;
    }
    return true;
}

// Where a trailer is merged into the head, such a field would change what the request is: nobody honest sends one.
bool steers(std::string_view name) {
    constexpr std::array<std::string_view, 7> names = {"transfer-encoding", "content-length", "host",  "connection",
                                                       "proxy-connection",  "upgrade",        "expect"};
    return std::ranges::any_of(names, [&](std::string_view steering) { return equal_names(name, steering); });
}

}  // namespace

// True: line_ holds a whole line without its CR LF.
bool ChunkedDecoder::take_line(std::string_view& input, std::size_t bytes_max, const Refusal& too_long) {
    const std::size_t lf = input.find('\n');
    const std::size_t size = lf == std::string_view::npos ? input.size() : lf + 1;
    if (line_.size() + size > bytes_max) {
        refusal_ = &too_long;
        return false;
    }
    line_.append(input.substr(0, size));
    input.remove_prefix(size);
    if (lf == std::string_view::npos) return false;
    if (line_.size() < 2 || line_[line_.size() - 2] != '\r') {
        refusal_ = &refusals::bare_lf;
        return false;
    }
    line_.resize(line_.size() - 2);
    return true;
}

void ChunkedDecoder::read_size(std::uint64_t body_size) {
    const char* end = line_.data() + line_.size();
    const auto [digits_end, error] = std::from_chars(line_.data(), end, left_, 16);
    const std::string_view extensions(digits_end, static_cast<std::size_t>(end - digits_end));
    if (error != std::errc{} || !is_extension_list(extensions)) {
        refusal_ = &refusals::chunk_size;
        return;
    }
    if (left_ > limits_.body_bytes_max - body_size) refusal_ = &refusals::body_size;
    step_ = left_ == 0 ? Step::Trailer : Step::Data;
    line_.clear();
}

void ChunkedDecoder::take_data(std::string_view& input, std::string& body) {
    const std::size_t size = std::min<std::uint64_t>(left_, input.size());
    body.append(input.substr(0, size));
    input.remove_prefix(size);
    left_ -= size;
    if (left_ == 0) step_ = Step::DataEnd;
}

void ChunkedDecoder::take_data_end(std::string_view& input) {
    constexpr std::string_view wanted = "\r\n";
    while (!input.empty() && line_.size() < wanted.size()) {
        if (input.front() != wanted[line_.size()]) {
            refusal_ = &refusals::chunk_end;
            return;
        }
        line_.push_back(input.front());
        input.remove_prefix(1);
    }
    if (line_.size() < wanted.size()) return;
    line_.clear();
    step_ = Step::Size;
}

// True: that was the empty line.
bool ChunkedDecoder::read_trailer() {
    if (line_.empty()) return true;
    trailer_bytes_ += line_.size() + 2;
    Field dropped;
    refusal_ = parse_field(line_, dropped);
    if (refusal_ == nullptr && steers(dropped.name)) refusal_ = &refusals::trailer;
    line_.clear();
    return false;
}

ChunkedDecoder::State ChunkedDecoder::decode(std::string_view& input, std::string& body) {
    while (refusal_ == nullptr && !input.empty()) {
        switch (step_) {
            case Step::Size:
                if (take_line(input, size_line_bytes_max, refusals::chunk_size)) read_size(body.size());
                break;
            case Step::Data:
                take_data(input, body);
                break;
            case Step::DataEnd:
                take_data_end(input);
                break;
            case Step::Trailer:
                if (take_line(input, limits_.trailer_bytes_max - trailer_bytes_, refusals::head_size) && read_trailer()) {
                    return State::Done;
                }
                break;
        }
    }
    return refusal_ == nullptr ? State::NeedMore : State::Refused;
}

}  // namespace host::http
