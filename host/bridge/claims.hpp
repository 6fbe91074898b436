#pragma once

#include <map>
#include <string>

#include "host/core/locked.hpp"

namespace host::bridge {

// What only one plugin of a generation may be: the one that tells who calls, the one that provides a service of a name.
// Shared by the instances of one generation; the next one starts with an empty book.
class Claims {
  public:
    // Who has it already; empty: `owner` has it now.
    std::string claim(const std::string& what, const std::string& owner) {
        return taken_.with([&](auto& taken) {
            const auto [entry, first] = taken.try_emplace(what, owner);
            return first ? std::string() : entry->second;
        });
    }
    void give_back(const std::string& what) {
        taken_.with([&](auto& taken) { taken.erase(what); });
    }

  private:
    core::Locked<std::map<std::string, std::string>> taken_;
};

}  // namespace host::bridge
