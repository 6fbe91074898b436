#include "host/config/reference.hpp"

#include "host/config/environment.hpp"
#include "host/config/formats.hpp"
#include "host/config/settings.hpp"

namespace host::config {

namespace {

using gantry::Json;

std::string format_of(const Json& schema) {
    const Json* format = schema.find("format");
    return format != nullptr ? format->as_string() : "";
}

std::string type_of(const Json& schema) {
    return schema.find("type")->as_string();
}

std::string with_unit(const Json& schema, const Json& value) {
    const std::string format = type_of(schema) == "integer" ? format_of(schema) : "";
    if (format == "duration") return write_duration(value.as_integer());
    if (format == "bytes") return write_bytes(value.as_integer());
    return value.is_string() ? value.as_string() : value.dump();
}

// An editor sees what is written: 30s and 1MiB are strings there, although they become numbers.
Json quantity_for_editors(const Json& schema) {
    const bool duration = format_of(schema) == "duration";
    Json out = Json::object();
    out.set("type", duration ? Json("string") : Json::array({"integer", "string"}));
    out.set("pattern", duration ? "^[0-9]+(ms|s|m|h|d)$" : "^[0-9]+([KMGT]iB)?$");
    out.set("description", *schema.find("description"));
    if (const Json* value = schema.find("default")) out.set("default", with_unit(schema, *value));
    return out;
}

Json for_editors(const Json& schema) {
    if (type_of(schema) == "integer" && !format_of(schema).empty()) return quantity_for_editors(schema);
    Json out = Json::object();
    for (const auto& [keyword, value] : schema.members()) {
        const bool own_word = keyword.starts_with("x-") || keyword == "format";
        if (keyword == "additionalProperties" && value.is_object()) {
            out.set(keyword, for_editors(value));
            continue;
        }
        if (!own_word && keyword != "properties") out.set(keyword, value);
        if (keyword != "properties") continue;
        Json properties = Json::object();
        for (const auto& [name, property] : value.members())
            properties.set(name, for_editors(property));
        out.set("properties", std::move(properties));
    }
    if (schema.find("x-one-or-many") == nullptr) return out;
    // The list's own keywords do not apply to the single item.
    return Json::object(
        {{"description", *schema.find("description")}, {"anyOf", Json::array({*schema.find("items"), std::move(out)})}});
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string written_type(const Json& schema) {
    const std::string format = format_of(schema);
    if (!format.empty()) return format;
    if (const Json* words = schema.find("enum")) {
        std::string list;
        for (const Json& word : words->items())
            list += (list.empty() ? "" : ", ") + word.as_string();
        return list;
    }
    return type_of(schema);
}

std::string written_default(const Json& schema) {
    const Json* value = schema.find("default");
    if (value == nullptr) return "";
    return "`" + (*value == Json("") ? value->dump() : with_unit(schema, *value)) + "`";
}

std::string row(const std::string& path, const Json& schema) {
    const std::string variable = type_of(schema) == "object" ? "" : "`" + variable_of(path) + "`";
    return "| `" + path + "` | " + written_type(schema) + " | " + written_default(schema) + " | " + variable + " | " +
           escaped(schema.find("description")->as_string()) + " |\n";
}

}  // namespace

Json json_schema() {
    Json schema =
        Json::object({{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Gantry configuration"}});
    const Json content = for_editors(host_schema());
    for (const auto& [keyword, value] : content.members())
        schema.set(keyword, value);
    return schema;
}

std::string settings_markdown() {
    std::string table = "| setting | type | default | variable | meaning |\n|---|---|---|---|---|\n";
    for (const auto& setting : settings())
        table += row(setting.path, setting.schema);
    return table;
}

}  // namespace host::config
