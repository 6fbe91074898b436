#include "host/http_client/body_stream.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "host/core/error.hpp"

namespace host::http_client {

using core::Code;
using core::Error;

BodyStream::Written BodyStream::write(Body piece, const std::function<void()>& taken) {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    if (ended_) throw Error(Code::InvalidArgument, "the body is complete already", "body");
    if (length_ && piece.bytes.size() > *length_ - written_bytes_) {
        throw Error(Code::InvalidArgument, "the body was told to be " + std::to_string(*length_) + " bytes long", "body");
    }
    if (taken) taken();
    written_bytes_ += piece.bytes.size();
    waiting_bytes_ += piece.bytes.size();
    if (!piece.bytes.empty()) pieces_.push_back(std::move(piece));
    full_ = waiting_bytes_ >= body_stream_bytes_max;
    return {full_ ? Written::Outcome::Again : Written::Outcome::Ok, !pieces_.empty() && std::exchange(awaited_, false)};
}

BodyStream::Written BodyStream::end() {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    if (length_ && written_bytes_ != *length_) {
        throw Error(
            Code::InvalidArgument,
            "the body is " + std::to_string(written_bytes_) + " bytes long but was told to be " + std::to_string(*length_),
            "body");
    }
    ended_ = true;
    awaited_ = false;
    return {Written::Outcome::Ok, true};
}

std::optional<std::size_t> BodyStream::read(char* into, std::size_t bytes_max) {
    std::vector<Body> sent;  // what dies here may be a plugin's code to run: not under the lock
    const std::lock_guard lock(mutex_);
    std::size_t read = 0;
    while (read < bytes_max && !pieces_.empty()) {
        const std::string_view rest = pieces_.front().bytes.substr(begun_bytes_);
        const std::size_t bytes = std::min(rest.size(), bytes_max - read);
        std::memcpy(into + read, rest.data(), bytes);
        read += bytes;
        begun_bytes_ += bytes;
        if (bytes < rest.size()) break;
        sent.push_back(std::move(pieces_.front()));
        pieces_.pop_front();
        begun_bytes_ = 0;
    }
    waiting_bytes_ -= read;
    read_bytes_ += read;
    if (read > 0 || ended_) return read;
    awaited_ = true;
    return std::nullopt;
}

bool BodyStream::is_begun() const {
    const std::lock_guard lock(mutex_);
    return read_bytes_ > 0;
}

bool BodyStream::is_complete() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

bool BodyStream::has_room_again() {
    const std::lock_guard lock(mutex_);
    return waiting_bytes_ < body_stream_bytes_max / 2 && std::exchange(full_, false);
}

void BodyStream::close() {
    std::deque<Body> left;  // as above
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        left.swap(pieces_);
        waiting_bytes_ = 0;
    }
}

}  // namespace host::http_client
