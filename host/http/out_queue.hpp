#pragma once

#include <sys/uio.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/message.hpp"

namespace host::http {

// What the writer of a stream, on any thread, and its connection, on the worker, share.
struct Stream {
    explicit Stream(std::uint64_t high_water) : high_water(high_water) {}

    const std::uint64_t high_water;
    std::atomic<std::uint64_t> queued{0};  // bytes not yet taken by the socket
    std::atomic<std::uint32_t> posted{0};  // calls on their way to the worker: later ones must not overtake them
    std::atomic<bool> waiting{false};      // the writer was told Again and is owed writable()
    std::atomic<bool> gone{false};
};

// Strings that were grown by one answer and serve the next; a worker's own.
class TextPool {
  public:
    std::string take();
    void give_back(std::string text);

  private:
    std::vector<std::string> texts_;
};

// Bytes on their way to one socket: text is gathered, bodies are held and never copied.
class OutQueue {
  public:
    explicit OutQueue(TextPool& pool) : pool_(&pool) {}

    // Where to append text that goes out behind everything so far. Tell added() how much it was.
    std::string& text(const std::shared_ptr<Stream>& stream = nullptr);
    void added(std::size_t size) { bytes_ += size; }
    void append(std::string_view text, const std::shared_ptr<Stream>& stream = nullptr);
    void append(Bytes body, const std::shared_ptr<Stream>& stream = nullptr);
    void append(OutQueue&& other);

    bool empty() const { return first_ == pieces_.size(); }
    std::size_t bytes() const { return bytes_; }
    // Describes the front of the queue; returns how many of `vectors` were filled.
    std::size_t front(std::span<iovec> vectors) const;
    void sent(std::size_t size);
    void clear();

  private:
    struct Piece {
        std::string text;
        Bytes body;
        std::shared_ptr<Stream> stream;
        std::size_t sent = 0;

        std::string_view view() const { return body.size() != 0 ? body.view() : std::string_view(text); }
    };

    void drop_sent_pieces();

    TextPool* pool_;
    std::vector<Piece> pieces_;
    std::size_t first_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace host::http
