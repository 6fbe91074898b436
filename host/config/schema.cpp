#include "host/config/schema.hpp"

#include <algorithm>

#include "host/config/formats.hpp"
#include "host/config/nearest.hpp"
#include "host/config/text.hpp"
#include "host/config/validate.hpp"
#include "host/config/view.hpp"
#include "host/core/error.hpp"

namespace host::config {

namespace {

using gantry::Json;
using Type = Schema::Type;

constexpr std::size_t pattern_bytes_max = 256;

// Reads one schema object. `pointer` is its place in the document, for messages.
class Reader {
  public:
    Reader(const Json& document, std::string pointer) : document_(document), pointer_(std::move(pointer)) {}

    Schema read() {
        if (!document_.is_object()) fail("", "expected a schema object");
        if (const Json* type = document_.find("type")) {
            schema_.type = type_of(*type);
        } else if (!document_.members().empty()) {
            fail("", "type is missing");
        }
        for (const auto& [keyword, value] : document_.members())
            read_keyword(keyword, value);
        mark_required();
        check_default();
        return std::move(schema_);
    }

  private:
    struct Keyword {
        std::string_view name;
        std::vector<Type> types;  // empty: all
        void (Reader::*read)(const std::string& keyword, const Json& value);
    };

    static const std::vector<Keyword>& keywords() {
        static const std::vector<Keyword> all = {
            {"type", {}, &Reader::nothing},
            {"$schema", {}, &Reader::nothing},
            {"$comment", {}, &Reader::nothing},
            {"title", {}, &Reader::text},
            {"description", {}, &Reader::text},
            {"default", {}, &Reader::default_value},
            {"enum", {}, &Reader::allowed},
            {"const", {}, &Reader::allowed},
            {"x-secret", {}, &Reader::flag},
            {"writeOnly", {}, &Reader::flag},
            {"minimum", {Type::Integer, Type::Number}, &Reader::bound},
            {"maximum", {Type::Integer, Type::Number}, &Reader::bound},
            {"exclusiveMinimum", {Type::Integer, Type::Number}, &Reader::bound},
            {"exclusiveMaximum", {Type::Integer, Type::Number}, &Reader::bound},
            {"minLength", {Type::String}, &Reader::size},
            {"maxLength", {Type::String}, &Reader::size},
            {"pattern", {Type::String}, &Reader::pattern},
            {"format", {Type::String, Type::Integer}, &Reader::format},
            {"items", {Type::Array}, &Reader::items},
            {"minItems", {Type::Array}, &Reader::size},
            {"maxItems", {Type::Array}, &Reader::size},
            {"uniqueItems", {Type::Array}, &Reader::flag},
            {"x-one-or-many", {Type::Array}, &Reader::flag},
            {"properties", {Type::Object}, &Reader::properties},
            {"required", {Type::Object}, &Reader::required},
            {"additionalProperties", {Type::Object}, &Reader::additional},
        };
        return all;
    }

    void read_keyword(const std::string& name, const Json& value) {
        const auto found =
            std::find_if(keywords().begin(), keywords().end(), [&](const Keyword& k) { return k.name == name; });
        if (found == keywords().end()) fail(name, "unknown keyword" + did_you_mean(name, keyword_names()));
        const bool fits = found->types.empty() || std::count(found->types.begin(), found->types.end(), schema_.type) > 0;
        if (!fits) fail(name, "does not apply to this type");
        (this->*found->read)(name, value);
    }

    static std::vector<std::string> keyword_names() {
        std::vector<std::string> names;
        for (const Keyword& keyword : keywords())
            names.emplace_back(keyword.name);
        return names;
    }

    Type type_of(const Json& value) {
        struct Name {
            std::string_view text;
            Type type;
        };
        static constexpr Name names[] = {{"boolean", Type::Boolean}, {"integer", Type::Integer}, {"number", Type::Number},
                                         {"string", Type::String},   {"array", Type::Array},     {"object", Type::Object}};
        for (const Name& name : names) {
            if (value == Json(name.text)) return name.type;
        }
        fail("type", "expected boolean, integer, number, string, array or object, found " + shown(value.dump()));
    }

    void nothing(const std::string&, const Json&) {}

    void text(const std::string& keyword, const Json& value) {
        if (!value.is_string()) fail(keyword, "expected a string");
        (keyword == "title" ? schema_.title : schema_.description) = value.as_string();
    }

    void flag(const std::string& keyword, const Json& value) {
        if (!value.is_bool()) fail(keyword, "expected true or false");
        (keyword == "uniqueItems"     ? schema_.unique
         : keyword == "x-one-or-many" ? schema_.one_or_many
                                      : schema_.secret) = value.as_bool();
    }

    void default_value(const std::string&, const Json& value) { schema_.default_value = value; }

    void allowed(const std::string& keyword, const Json& value) {
        if (document_.find("enum") != nullptr && document_.find("const") != nullptr)
            fail(keyword, "enum and const exclude each other");
        const bool list = keyword == "enum";
        if (list && (!value.is_array() || value.items().empty())) fail(keyword, "expected a list of values");
        schema_.allowed = list ? value.items() : std::vector<Json>{value};
    }

    void bound(const std::string& keyword, const Json& value) {
        if (!value.is_number()) fail(keyword, "expected a number");
        const long double number = value.is_integer() ? static_cast<long double>(value.as_integer()) : value.as_number();
        (keyword == "minimum"            ? schema_.minimum
         : keyword == "maximum"          ? schema_.maximum
         : keyword == "exclusiveMinimum" ? schema_.exclusive_minimum
                                         : schema_.exclusive_maximum) = number;
    }

    void size(const std::string& keyword, const Json& value) {
        if (!value.is_integer() || value.as_integer() < 0) fail(keyword, "expected a whole number, not negative");
        (keyword.starts_with("min") ? schema_.size_min : schema_.size_max) = static_cast<std::size_t>(value.as_integer());
    }

    void pattern(const std::string& keyword, const Json& value) {
        if (!value.is_string()) fail(keyword, "expected a string");
        schema_.pattern = value.as_string();
        if (schema_.pattern.size() > pattern_bytes_max) fail(keyword, "longer than 256 bytes");
        try {
            schema_.expression = std::make_shared<const std::regex>(schema_.pattern, std::regex::ECMAScript);
        } catch (const std::regex_error&) {
            fail(keyword, "not an ECMAScript pattern this host understands");
        }
    }

    void format(const std::string& keyword, const Json& value) {
        const auto& names = format_names();
        const bool known = value.is_string() && std::count(names.begin(), names.end(), value.as_string()) > 0;
        if (!known) fail(keyword, "unknown format" + (value.is_string() ? did_you_mean(value.as_string(), names) : ""));
        schema_.format = value.as_string();
        const bool quantity = schema_.format == "duration" || schema_.format == "bytes";
        if (schema_.type == Type::Integer && !quantity) fail(keyword, "an integer can only be a duration or bytes");
    }

    void items(const std::string& keyword, const Json& value) { schema_.items = nested(keyword, value); }

    void properties(const std::string& keyword, const Json& value) {
        if (!value.is_object()) fail(keyword, "expected an object");
        for (const auto& [name, property] : value.members()) {
            schema_.properties.push_back(Reader(property, pointer_ + "/properties/" + name).read());
            schema_.properties.back().name = name;
        }
    }

    void required(const std::string& keyword, const Json& value) {
        if (!value.is_array()) fail(keyword, "expected a list of names");
        for (const Json& name : value.items()) {
            if (!name.is_string()) fail(keyword, "expected a list of names");
        }
    }

    void additional(const std::string& keyword, const Json& value) {
        if (value == Json(false)) return;
        schema_.additional = value == Json(true) ? std::make_shared<const Schema>() : nested(keyword, value);
    }

    std::shared_ptr<const Schema> nested(const std::string& keyword, const Json& value) {
        return std::make_shared<const Schema>(Reader(value, pointer_ + "/" + keyword).read());
    }

    // "required" may stand before "properties", so it is applied when all is read.
    void mark_required() {
        const Json* names = document_.find("required");
        if (names == nullptr) return;
        for (const Json& name : names->items()) {
            const auto property = std::find_if(schema_.properties.begin(), schema_.properties.end(),
                                               [&](const Schema& p) { return p.name == name.as_string(); });
            if (property == schema_.properties.end())
                fail("required", "'" + shown(name.as_string()) + "' is none of the properties");
            property->required = true;
        }
    }

    void check_default() {
        if (!schema_.default_value) return;
        Problems problems;
        validate(schema_, from_json(*schema_.default_value), Where{}, problems);
        if (!problems.empty()) fail("default", problems.lines().front());
    }

    [[noreturn]] void fail(const std::string& keyword, const std::string& message) const {
        const std::string place = keyword.empty() ? pointer_ : pointer_ + "/" + keyword;
        throw core::Error(core::Code::InvalidArgument, (place.empty() ? "" : shown(place) + ": ") + message, place);
    }

    const Json& document_;
    const std::string pointer_;
    Schema schema_;
};

}  // namespace

Schema Schema::parse(const Json& document) {
    return Reader(document, "").read();
}

const Schema* Schema::find(std::string_view property) const {
    const auto found =
        std::find_if(properties.begin(), properties.end(), [&](const Schema& p) { return p.name == property; });
    return found != properties.end() ? &*found : nullptr;
}

}  // namespace host::config
