#include "host/http/request_reader.hpp"

#include <algorithm>
#include <functional>

#include "host/http/refusals.hpp"

namespace host::http {

namespace {

// A body grows by doubling from here: an announced length reserves nothing before its bytes arrive.
constexpr std::size_t body_reserve_max = 64 * 1024;

// The same view after its bytes were copied from `from` to `to`; what lay elsewhere (a literal) stays.
void move_view(std::string_view& view, std::string_view from, std::string_view to) {
    if (std::less<>{}(view.data(), from.data()) || !std::less<>{}(view.data(), from.data() + from.size())) return;
    view = to.substr(static_cast<std::size_t>(view.data() - from.data()), view.size());
}

// RFC 9112 section 2.2: an empty line before a request is a client's slip, not a request.
RequestReader::State skip_empty_lines(std::string_view& input) {
    while (input.substr(0, 2) == "\r\n")
        input.remove_prefix(2);
    return input.empty() || input == "\r" ? RequestReader::State::NeedMore : RequestReader::State::Whole;
}

}  // namespace

RequestReader::State RequestReader::refuse(const Refusal& refusal) {
    refusal_ = &refusal;
    return State::Refused;
}

RequestReader::State RequestReader::read(std::string_view& input) {
    if (refusal_ != nullptr) return State::Refused;
    switch (step_) {
        case Step::Start:
            if (skip_empty_lines(input) == State::NeedMore) return State::NeedMore;
            step_ = Step::Head;
            [[fallthrough]];
        case Step::Head: {
            const State state = read_head(input);
            if (state == State::Whole) input.remove_prefix(head_size_);
            return state;
        }
        case Step::Limit:
            return State::NeedLimit;
        case Step::Body:
            return read_body(input);
    }
    return State::NeedMore;
}

RequestReader::State RequestReader::read_head(std::string_view input) {
    const std::optional<std::size_t> size = scanner_.find_end(input);
    if (scanner_.refusal() != nullptr) return refuse(*scanner_.refusal());
    if (!size) return State::NeedMore;
    head_size_ = *size;
    if (const Refusal* refusal = parse_head(input.substr(0, head_size_), limits_, request_, framing_))
        return refuse(*refusal);
    if (!framing_.has_body()) return State::Whole;
    step_ = Step::Limit;
    return State::NeedLimit;
}

void RequestReader::allow_body(std::uint64_t bytes_max) {
    if (framing_.content_length > bytes_max) refusal_ = &refusals::body_size;
    if (framing_.chunked) {
        chunks_ = std::make_unique<ChunkedDecoder>(ChunkedDecoder::Limits{bytes_max, limits_.head_bytes_max});
    }
    step_ = Step::Body;
}

// The input will be gone before the body is in: from now on the head lives here.
void RequestReader::keep_head(std::string_view& input) {
    const std::string_view from = input.substr(0, head_size_);
    head_.assign(from);
    for (std::string_view* view : {&request_.method, &request_.target, &request_.path, &request_.query}) {
        move_view(*view, from, head_);
    }
    for (Field& field : request_.fields) {
        move_view(field.name, from, head_);
        move_view(field.value, from, head_);
    }
    input.remove_prefix(head_size_);
    wants_continue_ = framing_.expects_continue && input.empty();
}

RequestReader::State RequestReader::read_body(std::string_view& input) {
    return framing_.chunked ? read_chunked(input) : read_sized(input);
}

RequestReader::State RequestReader::read_sized(std::string_view& input) {
    const bool head_is_input = head_.empty();
    if (head_is_input && input.size() - head_size_ >= framing_.content_length) {
        request_.body = input.substr(head_size_, framing_.content_length);
        input.remove_prefix(head_size_ + framing_.content_length);
        return State::Whole;
    }
    if (head_is_input) {
        keep_head(input);
        body_.reserve(std::min<std::uint64_t>(framing_.content_length, body_reserve_max));
    }
    const std::size_t taken = std::min<std::uint64_t>(framing_.content_length - body_.size(), input.size());
    body_.append(input.substr(0, taken));
    input.remove_prefix(taken);
    if (body_.size() < framing_.content_length) return State::NeedMore;
    request_.body = body_;
    return State::Whole;
}

RequestReader::State RequestReader::read_chunked(std::string_view& input) {
    if (head_.empty()) keep_head(input);
    switch (chunks_->decode(input, body_)) {
        case ChunkedDecoder::State::NeedMore:
            return State::NeedMore;
        case ChunkedDecoder::State::Refused:
            return refuse(*chunks_->refusal());
        case ChunkedDecoder::State::Done:
            break;
    }
    request_.body = body_;
    return State::Whole;
}

void RequestReader::begin(const Client& client) {
    step_ = Step::Start;
    refusal_ = nullptr;
    wants_continue_ = false;
    scanner_.reset();
    std::vector<Field> fields = std::move(request_.fields);
    fields.clear();
    request_ = Request{};
    request_.fields = std::move(fields);
    request_.peer = client.peer;
    request_.tls = client.tls;
    request_.client_subject = client.subject;
    framing_ = Framing{};
    if (!head_.empty()) {
        // Bodies are large and rare: their memory is not kept.
        head_ = std::string();
        body_ = std::string();
        chunks_.reset();
    }
}

}  // namespace host::http
