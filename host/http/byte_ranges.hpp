#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace host::http {

// Bytes `first` to `last`, both included.
struct ByteRange {
    std::uint64_t first;
    std::uint64_t last;

    std::uint64_t size() const { return last - first + 1; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// What a Range field asks for of a representation of some size (RFC 9110 section 14.1).
struct RangeWish {
    enum class Kind { Whole, Parts, Unsatisfiable };
    Kind kind = Kind::Whole;
    std::vector<ByteRange> parts = {};  // in the order asked for
};

// Whole for what is no byte range, for more than 16 ranges and for ranges that overlap: the field may be ignored, and such
// requests are mistakes or attacks.
RangeWish parse_range(std::string_view field, std::uint64_t size);

}  // namespace host::http
