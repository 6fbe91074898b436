// Any bytes as a configuration, as a manifest and as the settings of a plugin: errors are fine, crashes and hangs are not.
#include "host/config/config.hpp"
#include "host/config/manifest.hpp"
#include "host/config/view.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

const gantry::Json& plugin_schema() {
    static const gantry::Json schema = gantry::Json::parse(R"({"type": "object", "properties": {
        "page": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50, "description": "Rows"},
        "ratio": {"type": "number", "exclusiveMaximum": 1},
        "every": {"type": "integer", "format": "duration", "default": 1000},
        "names": {"type": "array", "x-one-or-many": true, "uniqueItems": true, "items": {"type": "string", "pattern": "^[a-z]+$"}},
        "token": {"type": "string", "x-secret": true, "minLength": 4}}})");
    return schema;
}

void read_config(std::string_view text) {
    const host::config::Environment environment{{"NAME", "value"}, {"EMPTY", ""}};
    try {
        const host::config::Config config = host::config::parse(text, "fuzz.yaml", environment);
        for (const auto& [id, settings] : config.plugin_settings) {
            std::vector<std::string> errors;
            const auto completed = host::config::validate_plugin_settings(config, id, "1.0.0", plugin_schema(), errors);
            // What is valid can always be said in JSON.
            if (errors.empty()) gantry::Json::parse(host::config::to_json(completed).dump());
        }
    } catch (const host::config::ConfigErrors& errors) {
        if (errors.lines().empty()) std::abort();
    }
}

void read_manifest(std::string_view text) {
    try {
        if (host::config::read_manifest(text, "manifest.yaml").id.empty()) std::abort();
    } catch (const host::config::ConfigErrors& errors) {
        if (errors.lines().empty()) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_config(text);
    read_manifest(text);
    return 0;
}
