#include "host/database/owner.hpp"

#include <algorithm>

#include "host/core/error.hpp"

namespace host::database {

namespace {

bool is_plugin_id(const std::string& id) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    return !id.empty() && id.size() <= 31 && is_letter(id.front()) && std::all_of(id.begin(), id.end(), is_allowed);
}

}  // namespace

Owner make_owner(const std::string& id, bool roles) {
    if (!is_plugin_id(id)) {
        throw core::Error{core::Code::InvalidArgument,
                          "a schema's owner is called \"" + id + "\" but must be [a-z][a-z0-9_]{0,30}"};
    }
    return {id, id, roles && id != host_owner ? "gantry_" + id : ""};
}

}  // namespace host::database
