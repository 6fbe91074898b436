#include "host/app/plugin_settings.hpp"

#include <utility>
#include <vector>

#include "host/config/overlay.hpp"
#include "host/config/view.hpp"
#include "host/core/error.hpp"

namespace host::app {

using gantry::Json;

namespace {

constexpr const char* mask = "***";

bool is_set(const Json* flag) {
    return flag != nullptr && flag->is_bool() && flag->as_bool();
}

bool is_secret(const Json* schema) {
    return schema != nullptr && (is_set(schema->find("x-secret")) || is_set(schema->find("writeOnly")));
}

const Json* property(const Json* schema, const std::string& name) {
    const Json* properties = schema != nullptr ? schema->find("properties") : nullptr;
    const Json* found = properties != nullptr ? properties->find(name) : nullptr;
    return found != nullptr || schema == nullptr ? found : schema->find("additionalProperties");
}

Json masked_at(const config::Node& node, const Json* schema) {
    if (node.is_map()) {
        Json object = Json::object();
        for (const config::Node::Member& member : node.members())
            object.set(member.key, masked_at(member.value, property(schema, member.key)));
        return object;
    }
    if (node.is_list()) {
        Json array = Json::array();
        for (const config::Node& item : node.items())
            array.push(masked_at(item, schema != nullptr ? schema->find("items") : nullptr));
        return array;
    }
    const bool hidden = !node.is_null() && (is_secret(schema) || !node.source().reference.empty());
    return hidden ? Json(mask) : config::to_json(node);
}

Json kept_text(const std::string& sent, const config::Node* present) {
    if (sent != mask || present == nullptr) return Json(config::escape_references(sent));
    // The reference stays one, so that what it names need not be written down.
    if (!present->source().reference.empty()) return Json(present->source().reference);
    const Json value = config::to_json(*present);
    return value.is_string() ? Json(config::escape_references(value.as_string())) : value;
}

}  // namespace

Json schema_of(const std::string& description) {
    if (description.empty()) return {};
    try {
        const Json document = Json::parse(description);
        const Json* schema = document.find("config");
        return schema != nullptr ? *schema : Json();
    } catch (const gantry::JsonError& error) {
        throw core::Error(core::Code::Abi, std::string("describe() gave no JSON: ") + error.what());
    }
}

config::Node settings_of(const config::Config& config, const std::string& id, const std::string& version,
                         const std::string& description) {
    std::vector<std::string> errors;
    config::Node settings = config::validate_plugin_settings(config, id, version, schema_of(description), errors);
    if (!errors.empty()) throw config::ConfigErrors(std::move(errors));
    return settings;
}

Json masked(const config::Node& settings, const Json& schema) {
    if (settings.is_null()) return Json::object();
    return masked_at(settings, &schema);
}

Json unmasked(const Json& sent, const config::Node* present) {
    if (sent.is_string()) return kept_text(sent.as_string(), present);
    if (sent.is_array()) {
        Json array = Json::array();
        for (std::size_t i = 0; i < sent.items().size(); ++i) {
            const bool known = present != nullptr && present->is_list() && i < present->items().size();
            array.push(unmasked(sent.items()[i], known ? &present->items()[i] : nullptr));
        }
        return array;
    }
    if (!sent.is_object()) return sent;
    Json object = Json::object();
    for (const auto& [name, value] : sent.members())
        object.set(name, unmasked(value, present != nullptr ? present->find(name) : nullptr));
    return object;
}

}  // namespace host::app
