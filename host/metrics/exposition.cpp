#include "host/metrics/exposition.hpp"

#include <charconv>
#include <cmath>

namespace host::metrics {

namespace {

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::Counter:
            return "counter";
        case Kind::Gauge:
            return "gauge";
        case Kind::Histogram:
            break;
    }
    return "histogram";
}

void append_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
    } else if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
    } else {
        char text[32];
        // Integers as people write them, up to where a double stops counting; else the shortest that reads back the same.
        const bool integer = std::trunc(value) == value && std::abs(value) < 9.0e15;
        const auto end = integer ? std::to_chars(text, text + sizeof text, static_cast<long long>(value))
                                 : std::to_chars(text, text + sizeof text, value);
        out.append(text, end.ptr);
    }
}

enum class Quotes { Plain, Escaped };

void append_escaped(std::string& out, std::string_view text, Quotes quotes) {
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes == Quotes::Escaped) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
    out += out.back() == '{' ? "" : ",";
    out.append(name).append("=\"");
    append_escaped(out, value, Quotes::Escaped);
    out += '"';
}

// `le` is empty where there is none.
void append_series(std::string& out, const Shape& shape, std::string_view suffix, const std::vector<std::string>& values,
                   std::string_view le) {
    out.append(shape.name).append(suffix);
    if (values.empty() && le.empty()) return;
    out += '{';
    for (std::size_t i = 0; i < values.size(); ++i)
        append_label(out, shape.labels[i], values[i]);
    if (!le.empty()) append_label(out, "le", le);
    out += '}';
}

void append_value(std::string& out, double value) {
    out += ' ';
    append_number(out, value);
    out += '\n';
}

}  // namespace

void write_head(std::string& out, const Shape& shape) {
    out.append("# HELP ").append(shape.name).append(" ");
    append_escaped(out, shape.help, Quotes::Plain);
    out.append("\n# TYPE ").append(shape.name).append(" ").append(name_of(shape.kind)).append("\n");
}

void write_sample(std::string& out, const Shape& shape, const std::vector<std::string>& values, double value) {
    append_series(out, shape, "", values, {});
    append_value(out, value);
}

void write_histogram(std::string& out, const Shape& shape, const std::vector<std::string>& values,
                     const Histogram::Reading& reading) {
    // Cumulated here, from one reading, so that the last bucket and the count can never differ.
    std::uint64_t cumulated = 0;
    for (std::size_t i = 0; i < reading.counts.size(); ++i) {
        cumulated += reading.counts[i];
        std::string le;
        append_number(le, i < shape.bounds.size() ? shape.bounds[i] : INFINITY);
        append_series(out, shape, "_bucket", values, le);
        append_value(out, static_cast<double>(cumulated));
    }
    append_series(out, shape, "_sum", values, {});
    append_value(out, reading.sum);
    append_series(out, shape, "_count", values, {});
    append_value(out, static_cast<double>(cumulated));
}

// RFC 3629: shortest forms only, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80   ? 1
                                   : first < 0xc2 ? 0
                                   : first < 0xe0 ? 2
                                   : first < 0xf0 ? 3
                                   : first < 0xf5 ? 4
                                                  : 0;
        if (length == 0 || text.size() - i < length) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        }
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return false;
        if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return false;
        i += length;
    }
    return true;
}

}  // namespace host::metrics
