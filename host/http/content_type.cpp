#include "host/http/content_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "host/http/message.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array<Entry, 33> types = {{
    {"avif", "image/avif"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
}};

constexpr std::array<std::string_view, 6> compressible_types = {
    "application/json", "application/javascript", "application/xml", "application/x-ndjson", "application/wasm", "font/ttf"};

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && equal_names(text.substr(text.size() - end.size()), end);
}

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    const std::string_view end = dot == std::string_view::npos ? std::string_view() : file_name.substr(dot + 1);
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const Entry& entry) { return equal_names(entry.first, end); });
    return found != types.end() ? found->second : "application/octet-stream";
}

bool is_compressible(std::string_view content_type) {
    const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
    // An event stream goes out event by event, and a compressor would hold events back.
    if (equal_names(type, "text/event-stream")) return false;
    if (equal_names(type.substr(0, 5), "text/") || ends_with(type, "+json") || ends_with(type, "+xml")) return true;
    return std::any_of(compressible_types.begin(), compressible_types.end(),
                       [&](std::string_view each) { return equal_names(each, type); });
}

}  // namespace host::http
