#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gantry/config/value.hpp>

namespace gantry {

namespace detail {

template <typename Config>
struct SettingField {
    std::string name;
    Json schema;
    bool required = false;
    std::function<void(Config&, const Json&, const std::string& pointer)> read;
};

}  // namespace detail

// The settings of a plugin, declared once; from that come the binding, the JSON Schema that the host checks against,
// and the documentation. A member's initial value is its default.
//
//     struct Settings {
//         int page = 50;
//         static void schema(gantry::Schema<Settings>& s) {
//             s.field("page", &Settings::page, "Rows fetched per round trip").range(1, 1000);
//         }
//     };
//
// Members may be text, bool, integers, floating point, std::chrono durations ("30s"), another struct of settings, and
// std::optional or std::vector of these.
template <typename Config>
class Schema {
  public:
    Schema() { Config::schema(*this); }

    // Limits on one field. Each is kept by the host before the plugin sees a value.
    template <typename Value>
    class Field {
      public:
        explicit Field(detail::SettingField<Config>& field) : field_(field) {}

        Field& range(Value least, Value most) requires(std::is_arithmetic_v<Value> && !std::same_as<Value, bool>) {
            field_.schema.set("minimum", least);
            field_.schema.set("maximum", most);
            return *this;
        }
        // In characters.
        Field& length(std::int64_t least, std::int64_t most) requires std::same_as<Value, std::string> {
            field_.schema.set("minLength", least);
            field_.schema.set("maxLength", most);
            return *this;
        }
        Field& one_of(std::initializer_list<Json> values) {
            field_.schema.set("enum", Json::array(values));
            return *this;
        }
        // Never shown again: not in logs, not by `gantry config`.
        Field& secret() {
            field_.schema.set("writeOnly", true);
            return *this;
        }
        // Has no default: the administrator must write it.
        Field& required() {
            field_.required = true;
            return *this;
        }

      private:
        detail::SettingField<Config>& field_;
    };

    template <typename Value>
    Field<Value> field(std::string name, Value Config::*member, std::string_view description) {
        Json schema = detail::schema_of<Value>();
        schema.set("description", description);
        if (Json value = detail::default_of(Config{}.*member); !value.is_null()) schema.set("default", std::move(value));
        auto read = [member](Config& config, const Json& value, const std::string& pointer) {
            detail::read_setting(config.*member, value, pointer);
        };
        return Field<Value>(
            fields_.emplace_back(detail::SettingField<Config>{std::move(name), std::move(schema), false, read}));
    }

    // JSON Schema, the subset that every host understands.
    Json json() const {
        Json properties = Json::object();
        Json required = Json::array();
        for (const auto& field : fields_) {
            Json schema = field.schema;
            if (field.required) {
                std::erase_if(schema.members(), [](const Json::Member& member) { return member.first == "default"; });
                required.push(field.name);
            }
            properties.set(field.name, std::move(schema));
        }
        Json schema = Json::object({{"type", "object"}, {"additionalProperties", false}, {"properties", properties}});
        if (!required.items().empty()) schema.set("required", std::move(required));
        return schema;
    }

    // Fills `config` from `value`; what is absent keeps its default. Throws Error that names the place below `pointer`.
    void bind(Config& config, const Json& value, const std::string& pointer = {}) const {
        if (!value.is_object()) detail::refuse_setting(pointer, "expected a mapping");
        for (const auto& field : fields_) {
            const std::string place = pointer + "/" + field.name;
            const Json* given = value.find(field.name);
            if (given != nullptr && !given->is_null()) {
                field.read(config, *given, place);
            } else if (field.required) {
                detail::refuse_setting(place, "is missing");
            }
        }
    }

  private:
    std::deque<detail::SettingField<Config>> fields_;
};

}  // namespace gantry
