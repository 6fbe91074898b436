#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace host::plugin {

// What a plugin file says of itself in its section .gantry.info (see gantry/abi/plugin.h).
struct Info {
    std::uint16_t abi_major = 0;
    std::uint16_t abi_minor = 0;
    std::string id;
    std::string version;
    std::string sdk;
    // Service its code calls, to the least struct_size that holds the last member used; of several records the largest.
    std::map<std::string, std::uint32_t> uses;
};

// Keys it does not know are skipped: a later SDK may write more. Throws core::Error{Abi} for a record that is not
// "key=value", a key given twice with different values, or one of abi, id, version that is missing or malformed.
Info parse_info(std::string_view section);

// [a-z][a-z0-9_]{0,30}
bool is_plugin_id(std::string_view text);
// Semantic Versioning 2.0.0: "1.4.2", "2.0.0-rc.1+build5".
bool is_semantic_version(std::string_view text);

}  // namespace host::plugin
