#include "host/http/compression.hpp"

#include "host/http/content_type.hpp"
#include "host/http/head_field.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// Larger ones are rare and would hold a thread for a third of a second.
constexpr std::size_t body_bytes_max = 16 * 1024 * 1024;

bool names_a_caller(const Request& request) {
    return request.find("Authorization") != nullptr || request.find("Cookie") != nullptr;
}

}  // namespace

bool compresses(const Route& route, const Compression& settings) {
    return settings.enabled && (route.access == Access::Public || settings.authenticated);
}

Coding coding_for(const Request& request, const Route& route, const Compression& settings) {
    if (!compresses(route, settings)) return Coding::Identity;
    if (!settings.authenticated && names_a_caller(request)) return Coding::Identity;
    return choose_coding(request, {Coding::Zstd, Coding::Gzip});
}

bool is_worth_compressing(const Head& head, std::size_t body_bytes, const Compression& settings) {
    if (body_bytes < settings.bytes_min || body_bytes > body_bytes_max || head.status() == 206) return false;
    if (!is_compressible(field_in(head, "Content-Type")) || head.has("Content-Encoding")) return false;
    return !list_has(field_in(head, "Cache-Control"), "no-transform");
}

bool has_strong_etag(const Head& head) {
    return field_in(head, "ETag").starts_with('"');
}

Head compressed_head(const Head& head, Coding coding) {
    Head made(head.status());
    std::string_view rest = head.lines();
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(line.size());
        const std::size_t colon = line.find(':');
        const bool is_tag = equal_names(line.substr(0, colon), "ETag") && trim(line.substr(colon + 1)).starts_with('"');
        made.add_raw(is_tag ? "ETag: W/" : "").add_raw(is_tag ? line.substr(line.find('"')) : line);
    }
    return made.add("Content-Encoding", name_of(coding));
}

void add_vary(Head& head) {
    if (!list_has(field_in(head, "Vary"), "Accept-Encoding")) head.add_raw("Vary: Accept-Encoding\r\n");
}

}  // namespace host::http
