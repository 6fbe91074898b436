#pragma once

#include <string>
#include <string_view>

#include <gantry/json.hpp>

namespace gantry::detail {

// Of the JSON that tells who calls (gantry.identity/1); empty: nobody that is known.
inline std::string principal_id_of(std::string_view principal) {
    if (principal.empty()) return {};
    const Json all = Json::parse(principal);
    const Json* id = all.find("id");
    return id != nullptr && id->is_string() ? id->as_string() : std::string();
}

}  // namespace gantry::detail
