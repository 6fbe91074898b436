#include "host/config/manifest.hpp"

#include "host/config/binding.hpp"
#include "host/config/plugins.hpp"
#include "host/config/text.hpp"
#include "host/config/validate.hpp"
#include "host/config/yaml.hpp"

namespace host::config {

namespace {

constexpr char schema_text[] = R"({
  "type": "object",
  "required": ["id", "version"],
  "properties": {
    "id": {"type": "string", "minLength": 1, "maxLength": 31, "description": "the plugin's one name"},
    "version": {"type": "string", "maxLength": 64, "description": "semantic version",
      "pattern": "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$"},
    "summary": {"type": "string", "maxLength": 200, "default": ""},
    "requires": {"type": "array", "uniqueItems": true, "maxItems": 64, "default": [],
      "items": {"type": "string", "maxLength": 31, "description": "the id of a plugin that must have started first"}},
    "services": {"type": "array", "uniqueItems": true, "maxItems": 64, "default": [],
      "items": {"type": "string", "maxLength": 64, "pattern": "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+/[1-9][0-9]*$",
        "description": "a service such as gantry.database/1"}}
  }
})";

void check_id(const Node* node, const std::string& path, Problems& problems) {
    if (node == nullptr || !node->is_text() || is_plugin_id(node->as_text())) return;
    problems.add(node->mark(), path, "not an id that a plugin can have: '" + shown(node->as_text()) + "'");
}

void check_ids(const Node& manifest, Problems& problems) {
    const Node* id = manifest.find("id");
    check_id(id, "id", problems);
    const Node* needed = manifest.find("requires");
    if (needed == nullptr || !needed->is_list()) return;
    for (const Node& other : needed->items()) {
        check_id(&other, "requires", problems);
        const bool itself = id != nullptr && id->is_text() && other.is_text() && other.as_text() == id->as_text();
        if (itself) problems.add(other.mark(), "requires", "a plugin cannot require itself");
    }
}

}  // namespace

plugin::Manifest read_manifest(std::string_view yaml, const std::string& source) {
    static const Schema schema = Schema::parse(gantry::Json::parse(schema_text));
    Problems problems;
    const Node written = parse_yaml(yaml, source, problems);
    const Node completed = problems.empty() ? validate(schema, written, Where{}, problems) : Node();
    check_ids(completed, problems);
    problems.throw_if_any();

    plugin::Manifest manifest;
    assign(*completed.find("id"), manifest.id);
    assign(*completed.find("version"), manifest.version);
    assign(*completed.find("summary"), manifest.summary);
    assign(*completed.find("requires"), manifest.requires_plugins);
    assign(*completed.find("services"), manifest.services);
    return manifest;
}

}  // namespace host::config
