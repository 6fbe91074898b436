#pragma once

// The layout of every struct of the stable contract, as the compiler sees it.

#include <cstddef>
#include <string>
#include <vector>

namespace abi_layout {

struct Member {
    std::string name;
    std::size_t offset;
    std::size_t size;
    friend bool operator==(const Member&, const Member&) = default;
};

struct Struct {
    std::string name;
    std::size_t size;
    std::vector<Member> members;
};

// All structs of sdk/abi/gantry/abi/*.h, drafts left out.
std::vector<Struct> present_layout();

// "struct gantry_str 16", then "  data 0 8", one line each.
std::string to_text(const std::vector<Struct>& layout);
std::vector<Struct> from_text(const std::string& text);

// What of `recorded` is not as it was in `present`: a struct or member that is missing, has moved or has another size.
// Empty if there was only appended.
std::vector<std::string> breaks(const std::vector<Struct>& recorded, const std::vector<Struct>& present);

}  // namespace abi_layout
