#pragma once

// gantry::Json: a JSON value (RFC 8259), its parser and writer. The one place that includes RapidJSON.
//
// The packaged RapidJSON 1.1.0 reads out of bounds on some exponents and overflows the stack on deep input, accepts broken
// UTF-8 and keeps duplicate keys. So: numbers are taken as text and converted by std::from_chars, the parser iterates
// instead of recursing, and depth, number of values, encoding and duplicate keys are checked here.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#ifndef RAPIDJSON_ASSERT
#define RAPIDJSON_ASSERT(x) ((x) ? void(0) : throw std::logic_error("rapidjson: " #x))
#endif
#ifndef RAPIDJSON_HAS_STDSTRING
#define RAPIDJSON_HAS_STDSTRING 1
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace gantry {

// What parse() throws: "line 1 column 17: missing a comma or ']' after an array element".
class JsonError : public std::runtime_error {
  public:
    JsonError(std::size_t offset, const std::string& message) : std::runtime_error(message), offset_(offset) {}
    std::size_t offset() const { return offset_; }  // bytes from the start of the text

  private:
    std::size_t offset_;
};

class Json {
  public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;  // in the order written; names are unique

    struct Limits {
        std::size_t depth_max = 64;
        std::size_t values_max = 1'000'000;
    };

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json(T value) : value_(static_cast<std::int64_t>(value)) {}
    Json(double value) : value_(value) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}

    static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }
    static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }

    // Throws JsonError. An integer beyond 64 bits becomes a double; a number no double can hold is an error.
    static Json parse(std::string_view text) { return parse(text, Limits{}); }
    static Json parse(std::string_view text, Limits limits);

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }

    // Each throws std::bad_variant_access for a value of another type.
    bool as_bool() const { return std::get<bool>(value_); }
    std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
    double as_number() const { return is_integer() ? static_cast<double>(as_integer()) : std::get<double>(value_); }
    const std::string& as_string() const { return std::get<std::string>(value_); }
    const Array& items() const { return std::get<Array>(value_); }
    Array& items() { return std::get<Array>(value_); }
    const Object& members() const { return std::get<Object>(value_); }
    Object& members() { return std::get<Object>(value_); }

    // The member of that name, or null if there is none or this is no object.
    const Json* find(std::string_view name) const {
        if (!is_object()) return nullptr;
        for (const Member& member : members()) {
            if (member.first == name) return &member.second;
        }
        return nullptr;
    }
    // Adds or replaces a member; a null value becomes an object first.
    Json& set(std::string_view name, Json value) {
        if (is_null()) value_ = Object{};
        for (Member& member : members()) {
            if (member.first == name) return member.second = std::move(value);
        }
        return members().emplace_back(std::string(name), std::move(value)).second;
    }
    void push(Json value) {
        if (is_null()) value_ = Array{};
        items().push_back(std::move(value));
    }

    // Compact; doubles that JSON cannot say (NaN, infinities) become null.
    std::string dump() const;
    // With two spaces of indentation, for files and people.
    std::string dump_pretty() const;

    friend bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

  private:
    template <typename Writer>
    void write(Writer& writer) const;

    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

namespace detail {

// Receives RapidJSON's events and builds the value, within the limits.
class JsonBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, JsonBuilder> {
  public:
    explicit JsonBuilder(Json::Limits limits) : limits_(limits) {}

    bool Null() { return add(Json()); }
    bool Bool(bool value) { return add(Json(value)); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return number({text, size}); }
    bool String(const char* text, rapidjson::SizeType size, bool) { return add(Json(std::string(text, size))); }
    bool StartObject() { return open(Json::object()); }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        std::string name(text, size);
        if (stack_.back().value.find(name) != nullptr) return refuse("the key \"" + name + "\" stands twice");
        stack_.back().key = std::move(name);
        return true;
    }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool StartArray() { return open(Json::array()); }
    bool EndArray(rapidjson::SizeType) { return close(); }

    Json take() { return std::move(root_); }
    const std::string& refusal() const { return refusal_; }

  private:
    struct Level {
        Json value;
        std::string key;
    };

    bool number(std::string_view text) {
        const char* end = text.data() + text.size();
        std::int64_t integer = 0;
        const auto whole = std::from_chars(text.data(), end, integer);
        // "-0" keeps its sign only as a double.
        if (whole.ec == std::errc() && whole.ptr == end && text != "-0") return add(Json(integer));
        double real = 0;
        const auto read = std::from_chars(text.data(), end, real);
        // from_chars reports underflow and overflow alike; what is too small is zero, as everywhere else.
        if (read.ec == std::errc::result_out_of_range) {
            if (!tiny(text)) return refuse("the number " + std::string(text.substr(0, 40)) + " is too large");
            return add(Json(0.0));
        }
        if (read.ec != std::errc() || read.ptr != end) return refuse("not a number");
        return add(Json(real));
    }
    static bool tiny(std::string_view text) {
        const std::size_t e = text.find_first_of("eE");
        return (e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-') ||
               (e == std::string_view::npos && (text.starts_with("0.") || text.starts_with("-0.")));
    }
    bool open(Json value) {
        if (stack_.size() >= limits_.depth_max) return refuse("nested deeper than " + std::to_string(limits_.depth_max));
        if (!count()) return false;
        stack_.push_back({std::move(value), {}});
        return true;
    }
    bool close() {
        Json done = std::move(stack_.back().value);
        stack_.pop_back();
        return place(std::move(done));
    }
    bool add(Json value) { return count() && place(std::move(value)); }
    bool place(Json value) {
        if (stack_.empty()) {
            root_ = std::move(value);
        } else if (Level& level = stack_.back(); level.value.is_array()) {
            level.value.items().push_back(std::move(value));
        } else {
            level.value.members().emplace_back(std::move(level.key), std::move(value));
        }
        return true;
    }
    bool count() {
        return ++values_ <= limits_.values_max || refuse("more than " + std::to_string(limits_.values_max) + " values");
    }
    bool refuse(std::string why) {
        refusal_ = std::move(why);
        return false;
    }

    const Json::Limits limits_;
    std::size_t values_ = 0;
    std::vector<Level> stack_;
    Json root_;
    std::string refusal_;
};

inline std::string line_and_column(std::string_view text, std::size_t offset) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
    }
    return "line " + std::to_string(line) + " column " + std::to_string(column);
}

}  // namespace detail

inline Json Json::parse(std::string_view text, Limits limits) {
    // RapidJSON takes a NUL for the end and would pass over what follows; JSON has no raw control characters at all.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        throw JsonError(nul, detail::line_and_column(text, nul) + ": a NUL byte");
    constexpr unsigned flags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream bytes(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    rapidjson::Reader reader;
    detail::JsonBuilder builder(limits);
    const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
    if (!result) {
        std::string why = builder.refusal();
        if (why.empty()) {
            why = rapidjson::GetParseError_En(result.Code());
            if (!why.empty() && why.back() == '.') why.pop_back();
            if (!why.empty() && why.front() >= 'A' && why.front() <= 'Z') why.front() = static_cast<char>(why.front() + 32);
        }
        throw JsonError(result.Offset(), detail::line_and_column(text, result.Offset()) + ": " + why);
    }
    return builder.take();
}

template <typename Writer>
void Json::write(Writer& writer) const {
    if (is_null()) {
        writer.Null();
    } else if (is_bool()) {
        writer.Bool(as_bool());
    } else if (is_integer()) {
        writer.Int64(as_integer());
    } else if (is_number()) {
        const double value = as_number();
        if (!std::isfinite(value)) {
            writer.Null();
            return;
        }
        // The shortest text that reads back as the same double, and as a double.
        char text[40];
        char* end = std::to_chars(text, text + sizeof text - 2, value).ptr;
        const std::string_view digits(text, static_cast<std::size_t>(end - text));
        if (digits.find_first_of(".e") == std::string_view::npos) {
            *end++ = '.';
            *end++ = '0';
        }
        writer.RawValue(text, static_cast<std::size_t>(end - text), rapidjson::kNumberType);
    } else if (is_string()) {
        writer.String(as_string().data(), static_cast<rapidjson::SizeType>(as_string().size()));
    } else if (is_array()) {
        writer.StartArray();
        for (const Json& item : items())
            item.write(writer);
        writer.EndArray();
    } else {
        writer.StartObject();
        for (const auto& [name, value] : members()) {
            writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
            value.write(writer);
        }
        writer.EndObject();
    }
}

inline std::string Json::dump() const {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    write(writer);
    return {out.GetString(), out.GetSize()};
}

inline std::string Json::dump_pretty() const {
    rapidjson::StringBuffer out;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(out);
    writer.SetIndent(' ', 2);
    write(writer);
    return {out.GetString(), out.GetSize()};
}

}  // namespace gantry
