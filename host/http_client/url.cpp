#include "host/http_client/url.hpp"

#include <algorithm>
#include <new>

#include "host/core/error.hpp"

namespace host::http_client {

namespace {

constexpr std::size_t url_bytes_max = 16 * 1024;

[[noreturn]] void refuse(const std::string& why) {
    throw core::Error(core::Code::InvalidArgument, why, "url", "URL_REFUSED");
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
    std::string copy = text;
    curl_free(text);
    return copy;
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':';
}

void check_text(const std::string& text) {
    if (text.size() > url_bytes_max) refuse("the URL is " + std::to_string(text.size()) + " bytes long but may be 16 KiB");
    const auto is_graphic = [](char c) { return c > ' ' && c < 0x7f && c != '\\'; };
    if (!std::all_of(text.begin(), text.end(), is_graphic)) {
        refuse("the URL holds a blank, a control character, a backslash or a byte that is not ASCII: encode it");
    }
}

}  // namespace

Url Url::parse(const std::string& text) {
    check_text(text);
    Handle handle(curl_url());
    if (!handle) throw std::bad_alloc();
    const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) refuse("the URL cannot be read: " + std::string(curl_url_strerror(code)));
    return Url(std::move(handle));
}

Url Url::resolve(const std::string& location) const {
    check_text(location);
    Handle handle(curl_url_dup(handle_.get()));
    if (!handle) throw std::bad_alloc();
    const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, location.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) refuse("the Location cannot be read: " + std::string(curl_url_strerror(code)));
    return Url(std::move(handle));
}

Url::Url(Handle handle) : handle_(std::move(handle)) {
    CURLU* url = handle_.get();
    scheme_ = part_of(url, CURLUPART_SCHEME);
    if (scheme_ != "http" && scheme_ != "https")
        refuse("the URL begins with " + scheme_ + ": but must with http: or https:");
    if (!part_of(url, CURLUPART_USER).empty() || !part_of(url, CURLUPART_PASSWORD).empty()) {
        refuse("the URL holds a user or a password: send an Authorization header instead");
    }
    if (!part_of(url, CURLUPART_ZONEID).empty()) refuse("the URL names a network zone");
    host_ = part_of(url, CURLUPART_HOST);
    if (host_.starts_with('[') && host_.ends_with(']')) host_ = host_.substr(1, host_.size() - 2);
    std::transform(host_.begin(), host_.end(), host_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (host_.empty() || !std::all_of(host_.begin(), host_.end(), is_host_character)) {
        refuse("the URL's host is no DNS name in ASCII and no IP address");
    }
    port_ = static_cast<std::uint16_t>(std::stoul("0" + part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)));
    if (port_ == 0) refuse("the URL's port is 0");
    // A fragment is for the reader of the answer, not for the wire.
    curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
}

}  // namespace host::http_client
