#include "host/check/sample.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace host::check {

using gantry::Json;

namespace {

constexpr int depth_max = 12;  // of schemas that refer to themselves

class Sampler {
  public:
    Sampler(const Json& root, Random& random, Texts texts) : root_(root), random_(random), texts_(texts) {}

    std::optional<Json> make(const Json& schema, int depth = 0) {
        if (depth > depth_max) return std::nullopt;
        if (const Json* value = schema.find("const")) return *value;
        if (const Json* values = schema.find("enum"); values != nullptr && values->is_array() && !values->items().empty())
            return values->items()[random_.below(values->items().size())];
        if (const Json* reference = schema.find("$ref")) return follow(*reference, depth);
        for (const char* choice : {"anyOf", "oneOf", "allOf"})
            if (const Json* options = schema.find(choice); options != nullptr && !options->items().empty())
                return make(options->items()[random_.below(options->items().size())], depth + 1);
        const std::string type = type_of(schema);
        if (type == "object") return object(schema, depth);
        if (type == "array") return array(schema, depth);
        if (type == "boolean") return Json(random_.below(2) == 1);
        if (type == "integer") return integer(schema);
        if (type == "number") return number(schema);
        if (type == "string") return text(schema);
        if (type == "null") return Json();
        return Json::object();
    }

  private:
    static std::string type_of(const Json& schema) {
        const Json* type = schema.find("type");
        if (type == nullptr) return schema.find("properties") != nullptr ? "object" : "";
        if (type->is_array()) return type->items().empty() ? "" : type->items().front().as_string();
        return type->as_string();
    }
    std::optional<Json> follow(const Json& reference, int depth) {
        std::string_view rest = reference.as_string();
        if (!rest.starts_with("#/")) return std::nullopt;
        rest.remove_prefix(2);
        const Json* found = &root_;
        while (!rest.empty() && found != nullptr) {
            const std::size_t end = std::min(rest.find('/'), rest.size());
            found = found->find(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return found == nullptr ? std::nullopt : make(*found, depth + 1);
    }
    std::optional<Json> object(const Json& schema, int depth) {
        Json made = Json::object();
        const Json* properties = schema.find("properties");
        if (properties == nullptr) return made;
        for (const auto& [name, property] : properties->members()) {
            const bool needed = requires_member(schema, name);
            if (!needed && random_.below(4) == 0) continue;
            std::optional<Json> value = make(property, depth + 1);
            if (value) made.set(name, std::move(*value));
            if (!value && needed) return std::nullopt;
        }
        return made;
    }
    static bool requires_member(const Json& schema, const std::string& name) {
        const Json* required = schema.find("required");
        if (required == nullptr) return false;
        return std::ranges::any_of(required->items(), [&](const Json& each) { return each == Json(name); });
    }
    std::optional<Json> array(const Json& schema, int depth) {
        Json made = Json::array();
        const auto least = static_cast<std::uint64_t>(bound(schema, "minItems", 0));
        const auto most = static_cast<std::uint64_t>(bound(schema, "maxItems", static_cast<std::int64_t>(least) + 3));
        const Json* items = schema.find("items");
        const std::uint64_t count = least + random_.below(std::min<std::uint64_t>(most - least, 3) + 1);
        for (std::uint64_t i = 0; i < count; ++i) {
            std::optional<Json> item = items != nullptr ? make(*items, depth + 1) : Json("x");
            if (item) made.push(std::move(*item));
            if (!item && i < least) return std::nullopt;
        }
        return made;
    }
    static std::int64_t bound(const Json& schema, const char* name, std::int64_t otherwise) {
        const Json* value = schema.find(name);
        return value != nullptr && value->is_integer() ? value->as_integer() : otherwise;
    }
    // The bounds themselves half of the time: faults sit there.
    Json integer(const Json& schema) {
        const std::int64_t least = bound(schema, "minimum", bound(schema, "exclusiveMinimum", -1) + 1);
        const std::int64_t most =
            std::max(least, bound(schema, "maximum", bound(schema, "exclusiveMaximum", 1'000'001) - 1));
        const std::uint64_t choice = random_.below(4);
        if (choice == 0) return least;
        if (choice == 1) return most;
        const std::uint64_t range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
        const std::uint64_t offset =
            range == std::numeric_limits<std::uint64_t>::max() ? random_.next() : random_.below(range + 1);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + offset);
    }
    Json number(const Json& schema) {
        const Json* least = schema.find("minimum");
        const Json* most = schema.find("maximum");
        const double low = least != nullptr ? least->as_number() : 0;
        const double high = most != nullptr ? most->as_number() : low + 1000;
        return low + (high - low) * static_cast<double>(random_.below(1001)) / 1000;
    }
    std::optional<Json> text(const Json& schema) {
        if (schema.find("pattern") != nullptr) return std::nullopt;
        if (const Json* format = schema.find("format"); format != nullptr && format->is_string())
            return of_format(format->as_string());
        if (texts_ == Texts::Default) return std::nullopt;
        constexpr const char* letters[] = {"a", "Z", "0", " ", "\"", "\\", "'", "%", "\xc3\xa9", "\xe2\x82\xac", "\n"};
        const std::int64_t least = bound(schema, "minLength", 0);
        const std::int64_t most = std::max(least, bound(schema, "maxLength", least + 40));
        const std::uint64_t range = std::min<std::uint64_t>(static_cast<std::uint64_t>(most - least), 40);
        const std::int64_t size =
            random_.below(4) == 0 && most < 100'000 ? most : least + static_cast<std::int64_t>(random_.below(range + 1));
        std::string made;
        for (std::int64_t i = 0; i < size; ++i)
            made += letters[random_.below(std::size(letters))];
        return made;
    }
    std::optional<Json> of_format(const std::string& format) {
        if (format == "date-time") return Json("2026-01-02T03:04:05Z");
        if (format == "date") return Json("2026-01-02");
        if (format == "uuid") return Json("123e4567-e89b-42d3-a456-426614174000");
        if (format == "email") return Json("somebody@example.org");
        if (format == "uri" || format == "url") return Json("https://example.org/path");
        return std::nullopt;
    }

    const Json& root_;
    Random& random_;
    const Texts texts_;
};

Json of_another_type(const Json& schema) {
    const Json* type = schema.find("type");
    if (type != nullptr && *type == Json("array")) return Json(true);
    return Json::array({Json::array({Json("not"), Json(7)})});
}

// A value of the right type that a bound or a list forbids; nothing: there is none.
std::vector<Faulty> beyond(const Json& schema) {
    std::vector<Faulty> faults;
    const auto integer = [&](const char* name) -> std::optional<std::int64_t> {
        const Json* value = schema.find(name);
        return value != nullptr && value->is_integer() ? std::optional(value->as_integer()) : std::nullopt;
    };
    constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max() - 1;
    if (const auto least = integer("minimum"); least && *least > -far)
        faults.push_back({Json(*least - 1), "below its minimum"});
    if (const auto most = integer("maximum"); most && *most < far) faults.push_back({Json(*most + 1), "above its maximum"});
    if (const auto least = integer("minLength"); least && *least > 0)
        faults.push_back({Json(std::string()), "shorter than its minLength"});
    if (const auto most = integer("maxLength"); most && *most < 1'000'000)
        faults.push_back({Json(std::string(static_cast<std::size_t>(*most) + 1, 'x')), "longer than its maxLength"});
    if (schema.find("enum") != nullptr) faults.push_back({Json("none of these"), "none of its enum"});
    return faults;
}

}  // namespace

std::optional<Json> permitted(const Json& schema, Random& random, Texts texts) {
    return Sampler(schema, random, texts).make(schema);
}

std::vector<Faulty> forbidden(const Json& schema, const Json& sound) {
    std::vector<Faulty> faults;
    const Json* properties = schema.find("properties");
    if (properties == nullptr || !sound.is_object()) return faults;
    const auto with = [&](const std::string& name, Json value) {
        Json changed = sound;
        changed.set(name, std::move(value));
        return changed;
    };
    if (const Json* more = schema.find("additionalProperties"); more != nullptr && *more == Json(false))
        faults.push_back({with("no_such_member", 1), "an unknown member"});
    if (const Json* required = schema.find("required")) {
        for (const Json& name : required->items()) {
            Json changed = sound;
            std::erase_if(changed.members(), [&](const Json::Member& member) { return Json(member.first) == name; });
            faults.push_back({std::move(changed), "without " + name.as_string()});
        }
    }
    for (const auto& [name, property] : properties->members()) {
        if (property.find("type") != nullptr)
            faults.push_back({with(name, of_another_type(property)), name + " of another type"});
        for (Faulty& fault : beyond(property))
            faults.push_back({with(name, std::move(fault.value)), name + " " + fault.fault});
    }
    return faults;
}

}  // namespace host::check
