#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace host::http_client {

// A URL that has been checked, in the very form that libcurl will use: there is no second parser that could read another
// host out of it.
class Url {
  public:
    // http or https, without credentials, fragment or zone, the host in ASCII. Throws InvalidArgument.
    static Url parse(const std::string& text);
    // What a Location header leads to from here. Throws InvalidArgument likewise.
    Url resolve(const std::string& location) const;

    const std::string& scheme() const { return scheme_; }
    const std::string& host() const { return host_; }  // lower case, IPv6 without brackets
    std::uint16_t port() const { return port_; }
    bool is_tls() const { return scheme_ == "https"; }
    bool same_origin(const Url& other) const {
        return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
    }
    CURLU* handle() const { return handle_.get(); }

  private:
    struct Free {
        void operator()(CURLU* url) const { curl_url_cleanup(url); }
    };
    using Handle = std::unique_ptr<CURLU, Free>;
    explicit Url(Handle handle);

    Handle handle_;
    std::string scheme_;
    std::string host_;
    std::uint16_t port_ = 0;
};

}  // namespace host::http_client
