#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "host/http_client/call.hpp"

namespace host::http_client {

// What the host keeps of a body that its server does not take in, before the writer is told to wait.
inline constexpr std::size_t body_stream_bytes_max = 256 * 1024;

// A request body on its way from its writer, on any thread, to the loop that sends it.
class BodyStream {
  public:
    // `length`: of all pieces together; nothing: not known.
    explicit BodyStream(std::optional<std::uint64_t> length) : length_(length) {}

    std::optional<std::uint64_t> length() const { return length_; }

    // The writer's side. `is_awaited` tells that the loop waits for it and must be told.
    struct Written {
        enum class Outcome { Ok, Again, Gone };  // Again: taken, but no more until there is room
        Outcome outcome = Outcome::Gone;
        bool is_awaited = false;
    };
    // Throws InvalidArgument for more than `length`, or after end(). `taken` is called before the loop can see the piece.
    Written write(Body piece, const std::function<void()>& taken);
    // Throws InvalidArgument for less than `length`.
    Written end();

    // The loop's side. Nothing: there is none now, and is_awaited is told with the next; 0: it is complete.
    std::optional<std::size_t> read(char* into, std::size_t bytes_max);
    bool is_begun() const;  // something of it has been read: it cannot be sent again
    bool is_complete() const;
    // Once for each Again: there is room now.
    bool has_room_again();
    // Nobody reads on: what is left goes, and nothing more is taken.
    void close();

  private:
    const std::optional<std::uint64_t> length_;
    mutable std::mutex mutex_;
    std::deque<Body> pieces_;
    std::size_t begun_bytes_ = 0;  // of the first piece, read already
    std::size_t waiting_bytes_ = 0;
    std::uint64_t written_bytes_ = 0;
    std::uint64_t read_bytes_ = 0;
    bool awaited_ = false;
    bool full_ = false;
    bool ended_ = false;
    bool closed_ = false;
};

}  // namespace host::http_client
