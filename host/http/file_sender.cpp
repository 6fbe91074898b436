#include "host/http/file_sender.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace host::http {

namespace {

constexpr std::uint64_t whole_bytes_max = 64 * 1024;
constexpr std::uint64_t piece_bytes_max = 128 * 1024;

std::uint64_t size_of(const std::vector<FilePart>& parts) {
    std::uint64_t size = 0;
    for (const FilePart& part : parts)
        size += part.text.size() + part.size;
    return size;
}

// Appends `size` bytes from `offset`. False: the file has no more as many.
bool append_from(int descriptor, std::uint64_t offset, std::uint64_t size, std::string& out) {
    const std::size_t begin = out.size();
    out.resize(begin + size);
    for (std::uint64_t done = 0; done < size;) {
        const ssize_t read = ::pread(descriptor, out.data() + begin + done, size - done, static_cast<off_t>(offset + done));
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0) return false;
        done += static_cast<std::uint64_t>(read);
    }
    return true;
}

// One answer under way. Only one thread at a time is in pump(): the one that started it, or, once a write was answered with
// Again, the one that writable() sends.
class FileSender : public std::enable_shared_from_this<FileSender> {
  public:
    FileSender(std::shared_ptr<Exchange> exchange, core::ThreadPool& pool, std::shared_ptr<const OpenFile> file,
               std::vector<FilePart> parts)
        : exchange_(std::move(exchange)), pool_(pool), file_(std::move(file)), parts_(std::move(parts)) {}

    void start(Head head) {
        const auto go_on = [self = shared_from_this()] {
            // The pool is full: the host has more to do than it can, and a cut download can be resumed.
            if (!self->pool_.post([self] { self->pump(); })) self->exchange_->close(Outcome::Cut);
        };
        if (exchange_->open(std::move(head), {go_on, {}}, size_of(parts_))) pump();
    }

  private:
    void pump() {
        while (part_ < parts_.size()) {
            std::string piece;
            if (!next_piece(piece)) {
                exchange_->close(Outcome::Cut);
                return;
            }
            // Nothing of ours may be touched after Again: writable() may have sent another thread by now.
            if (!piece.empty() && exchange_->write(Bytes(std::move(piece))) != Write::Ok) return;
        }
        exchange_->close(Outcome::Complete);
    }

    bool next_piece(std::string& piece) {
        FilePart& part = parts_[part_];
        piece = std::exchange(part.text, {});
        const std::uint64_t size = std::min(part.size, piece_bytes_max);
        if (!append_from(file_->descriptor(), part.offset, size, piece)) return false;
        part.offset += size;
        part.size -= size;
        if (part.size == 0) ++part_;
        return true;
    }

    const std::shared_ptr<Exchange> exchange_;
    core::ThreadPool& pool_;
    const std::shared_ptr<const OpenFile> file_;
    std::vector<FilePart> parts_;
    std::size_t part_ = 0;
};

}  // namespace

void send_file(const std::shared_ptr<Exchange>& exchange, core::ThreadPool& pool, Head head,
               std::shared_ptr<const OpenFile> file, std::vector<FilePart> parts) {
    const bool head_only = exchange->request().method == "HEAD";
    if (head_only || size_of(parts) > whole_bytes_max) {
        std::make_shared<FileSender>(exchange, pool, std::move(file), std::move(parts))->start(std::move(head));
        return;
    }
    std::string body;
    for (const FilePart& part : parts) {
        body.append(part.text);
        if (!append_from(file->descriptor(), part.offset, part.size, body))
            throw core::Error(core::Code::Unavailable, "the file changes while it is read");
    }
    exchange->send(std::move(head), Bytes(std::move(body)));
}

}  // namespace host::http
