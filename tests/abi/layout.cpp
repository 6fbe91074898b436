#include "layout.hpp"

#include <gantry/abi.h>

#include <sstream>

namespace abi_layout {

std::vector<Struct> present_layout() {
    std::vector<Struct> layout;
#define GANTRY_STRUCT(type) layout.push_back({#type, sizeof(type), {}});
#define GANTRY_MEMBER(type, member) layout.back().members.push_back({#member, offsetof(type, member), sizeof(type::member)});
#include "layout_table.inc"
#undef GANTRY_MEMBER
#undef GANTRY_STRUCT
    return layout;
}

std::string to_text(const std::vector<Struct>& layout) {
    std::string text;
    for (const Struct& type : layout) {
        text += "struct " + type.name + " " + std::to_string(type.size) + "\n";
        for (const Member& member : type.members) {
            text += "  " + member.name + " " + std::to_string(member.offset) + " " + std::to_string(member.size) + "\n";
        }
    }
    return text;
}

std::vector<Struct> from_text(const std::string& text) {
    std::vector<Struct> layout;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (name == "struct") {
            Struct& type = layout.emplace_back();
            words >> type.name >> type.size;
        } else {
            Member& member = layout.at(layout.size() - 1).members.emplace_back();
            member.name = name;
            words >> member.offset >> member.size;
        }
    }
    return layout;
}

namespace {

// These cross without a size of their own: they are what they are for ever.
bool is_frozen(const std::string& name) {
    for (const char* frozen :
         {"gantry_str", "gantry_bytes", "gantry_pair", "gantry_slice", "gantry_value", "gantry_column", "gantry_need"}) {
        if (name == frozen) return true;
    }
    return false;
}

void compare(const Struct& recorded, const Struct& present, std::vector<std::string>& found) {
    if (present.size < recorded.size) found.push_back(recorded.name + " has become smaller");
    if (is_frozen(recorded.name) && (present.size != recorded.size || present.members.size() != recorded.members.size())) {
        found.push_back(recorded.name + " is frozen, but has changed");
    }
    for (std::size_t i = 0; i < recorded.members.size(); ++i) {
        if (i < present.members.size() && present.members[i] == recorded.members[i]) continue;
        found.push_back(recorded.name + "." + recorded.members[i].name + " is not where it was, or not what it was");
    }
}

}  // namespace

std::vector<std::string> breaks(const std::vector<Struct>& recorded, const std::vector<Struct>& present) {
    std::vector<std::string> found;
    for (const Struct& was : recorded) {
        const Struct* is = nullptr;
        for (const Struct& candidate : present) {
            if (candidate.name == was.name) is = &candidate;
        }
        if (is == nullptr) {
            found.push_back(was.name + " is gone");
        } else {
            compare(was, *is, found);
        }
    }
    return found;
}

}  // namespace abi_layout
