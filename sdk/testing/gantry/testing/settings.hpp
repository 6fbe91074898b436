#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gantry/abi/config.h>
#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

// `given` with the defaults of `schema` filled in, as the real host does it.
inline Json with_defaults(Json given, const Json& schema) {
    const Json* properties = schema.find("properties");
    if (properties == nullptr || !given.is_object()) return given;
    for (const auto& [name, property] : properties->members()) {
        if (const Json* present = given.find(name)) {
            given.set(name, with_defaults(*present, property));
        } else if (const Json* value = property.find("default")) {
            given.set(name, *value);
        } else if (property.find("properties") != nullptr) {
            given.set(name, with_defaults(Json::object(), property));
        }
    }
    return given;
}

// gantry.config/1 over a JSON value, which it borrows.
class FakeConfig {
  public:
    explicit FakeConfig(const Json& tree) : tree_(tree) {
        config_.struct_size = sizeof config_;
        config_.impl = this;
        config_.text = [](const gantry_config* config, gantry_str pointer, gantry_str* out) {
            return get(config, pointer, &Json::is_string, [&](const Json& value) { *out = str(value.as_string()); });
        };
        config_.integer = [](const gantry_config* config, gantry_str pointer, std::int64_t* out) {
            return get(config, pointer, &Json::is_integer, [&](const Json& value) { *out = value.as_integer(); });
        };
        config_.real = [](const gantry_config* config, gantry_str pointer, double* out) {
            return get(config, pointer, &Json::is_number, [&](const Json& value) { *out = value.as_number(); });
        };
        config_.boolean = [](const gantry_config* config, gantry_str pointer, std::int32_t* out) {
            return get(config, pointer, &Json::is_bool, [&](const Json& value) { *out = value.as_bool() ? 1 : 0; });
        };
        config_.count = [](const gantry_config* config, gantry_str pointer, std::uint32_t* out) {
            const Json* value = of(config).find(view(pointer));
            if (value == nullptr) return GANTRY_E_NOT_FOUND + 0;
            if (!value->is_array() && !value->is_object()) return GANTRY_E_INVALID + 0;
            *out = static_cast<std::uint32_t>(value->is_array() ? value->items().size() : value->members().size());
            return GANTRY_OK + 0;
        };
        config_.json = [](const gantry_config* config, gantry_str pointer, gantry_str* out) {
            const auto any = [](const Json&) { return true; };
            return get(config, pointer, any, [&](const Json& value) { *out = str(of(config).text_ = value.dump()); });
        };
        config_.origin = [](const gantry_config*, gantry_str, gantry_str*, std::uint32_t*, std::uint32_t*) {
            return GANTRY_E_NOT_FOUND + 0;
        };
    }
    FakeConfig(const FakeConfig&) = delete;
    FakeConfig& operator=(const FakeConfig&) = delete;

    const gantry_config* get() const { return &config_; }

  private:
    static FakeConfig& of(const gantry_config* config) { return *static_cast<FakeConfig*>(config->impl); }

    template <typename Is, typename Store>
    static gantry_status get(const gantry_config* config, gantry_str pointer, Is is, Store store) {
        const Json* value = of(config).find(view(pointer));
        if (value == nullptr) return GANTRY_E_NOT_FOUND;
        if (!std::invoke(is, *value)) return GANTRY_E_INVALID;
        store(*value);
        return GANTRY_OK;
    }
    // Pointers of these tests need no escapes.
    const Json* find(std::string_view pointer) const {
        const Json* value = &tree_;
        while (!pointer.empty() && value != nullptr) {
            pointer.remove_prefix(1);
            const std::string_view token = pointer.substr(0, pointer.find('/'));
            pointer.remove_prefix(token.size());
            if (value->is_array()) {
                const auto index = number<std::size_t>(token);
                value = index && *index < value->items().size() ? &value->items()[*index] : nullptr;
            } else {
                value = value->find(token);
            }
        }
        return value;
    }

    const Json& tree_;
    std::string text_;
    gantry_config config_{};
};

}  // namespace gantry::testing
