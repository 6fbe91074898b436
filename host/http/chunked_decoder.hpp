#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/http/dispatcher.hpp"

namespace host::http {

// The chunked transfer coding (RFC 9112 section 7.1), decoded as it arrives in pieces of any size. Chunk extensions are
// checked and ignored; trailer fields are checked and dropped, as RFC 9110 section 6.5.1 allows, and refused where they
// would frame the message or steer the connection.
class ChunkedDecoder {
  public:
    struct Limits {
        std::uint64_t body_bytes_max;
        std::size_t trailer_bytes_max;
    };
    enum class State { NeedMore, Done, Refused };

    explicit ChunkedDecoder(Limits limits) : limits_(limits) {}

    // Takes from the front of `input` what belongs to this body and appends the decoded bytes to `body`.
    State decode(std::string_view& input, std::string& body);
    const Refusal* refusal() const { return refusal_; }

  private:
    enum class Step { Size, Data, DataEnd, Trailer };

    bool take_line(std::string_view& input, std::size_t bytes_max, const Refusal& too_long);
    void read_size(std::uint64_t body_size);
    void take_data(std::string_view& input, std::string& body);
    void take_data_end(std::string_view& input);
    bool read_trailer();

    Limits limits_;
    Step step_ = Step::Size;
    std::uint64_t left_ = 0;  // of the present chunk
    std::size_t trailer_bytes_ = 0;
    std::string line_;  // a line that has not yet arrived whole
    const Refusal* refusal_ = nullptr;
};

}  // namespace host::http
