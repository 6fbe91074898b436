#include "host/http/out_queue.hpp"

#include <algorithm>
#include <iterator>

namespace host::http {

namespace {

constexpr std::size_t pooled_texts_max = 16;
constexpr std::size_t pooled_text_bytes_max = 64 * 1024;
// Up to here copying is cheaper than a vector of its own for the system call.
constexpr std::size_t copied_bytes_max = 4096;
constexpr std::size_t piece_bytes_max = 64 * 1024;

}  // namespace

std::string TextPool::take() {
    if (texts_.empty()) return {};
    std::string text = std::move(texts_.back());
    texts_.pop_back();
    return text;
}

void TextPool::give_back(std::string text) {
    if (texts_.size() == pooled_texts_max || text.capacity() > pooled_text_bytes_max) return;
    text.clear();
    texts_.push_back(std::move(text));
}

std::string& OutQueue::text(const std::shared_ptr<Stream>& stream) {
    if (!empty()) {
        Piece& last = pieces_.back();
        if (last.body.size() == 0 && last.stream == stream && last.text.size() < piece_bytes_max) return last.text;
    }
    Piece& piece = pieces_.emplace_back();
    piece.text = pool_->take();
    piece.stream = stream;
    return piece.text;
}

void OutQueue::append(std::string_view bytes, const std::shared_ptr<Stream>& stream) {
    text(stream).append(bytes);
    added(bytes.size());
}

void OutQueue::append(Bytes body, const std::shared_ptr<Stream>& stream) {
    if (body.size() <= copied_bytes_max) {
        append(body.view(), stream);
        return;
    }
    added(body.size());
    Piece& piece = pieces_.emplace_back();
    piece.body = std::move(body);
    piece.stream = stream;
}

void OutQueue::append(OutQueue&& other) {
    std::move(other.pieces_.begin() + static_cast<std::ptrdiff_t>(other.first_), other.pieces_.end(),
              std::back_inserter(pieces_));
    bytes_ += other.bytes_;
    other.pieces_.clear();
    other.first_ = 0;
    other.bytes_ = 0;
}

std::size_t OutQueue::front(std::span<iovec> vectors) const {
    const std::size_t count = std::min(vectors.size(), pieces_.size() - first_);
    for (std::size_t i = 0; i < count; ++i) {
        const Piece& piece = pieces_[first_ + i];
        const std::string_view rest = piece.view().substr(piece.sent);
        // sendmsg() does not write through it; the type is C's.
        vectors[i] = {const_cast<char*>(rest.data()), rest.size()};
    }
    return count;
}

void OutQueue::sent(std::size_t size) {
    bytes_ -= size;
    while (first_ < pieces_.size()) {
        Piece& piece = pieces_[first_];
        const std::size_t taken = std::min(size, piece.view().size() - piece.sent);
        piece.sent += taken;
        size -= taken;
        if (piece.stream) piece.stream->queued -= std::min<std::uint64_t>(taken, piece.stream->queued);
        if (piece.sent < piece.view().size()) break;
        pool_->give_back(std::move(piece.text));
        piece.body = Bytes();
        piece.stream.reset();
        ++first_;
    }
    drop_sent_pieces();
}

void OutQueue::drop_sent_pieces() {
    if (empty()) {
        clear();
    } else if (first_ > 32 && first_ > pieces_.size() / 2) {
        // A stream to a slow reader may never be empty: its past must go all the same.
        pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

void OutQueue::clear() {
    pieces_.clear();
    first_ = 0;
    bytes_ = 0;
    // A queue that was long once shall not stay so for an idle connection.
    if (pieces_.capacity() > 4) std::vector<Piece>().swap(pieces_);
}

}  // namespace host::http
