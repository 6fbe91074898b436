#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/settings.hpp"
#include "host/http/ticket_keys.hpp"

// OpenSSL's, named here so that its headers stay in the files that call it.
struct ssl_ctx_st;
struct ssl_st;

namespace host::http {

// What a certificate says of itself.
struct CertificateFacts {
    std::string file;
    std::vector<std::string> names;  // "example.org", "*.example.org", lower case
    std::chrono::system_clock::time_point not_after;
};

// What keeps such settings from serving; nothing: they can. For a check without a server.
std::optional<std::string> problem_with(const Tls& settings);

// The certificates that serve, as they were in their files at one moment. Immutable; a connection keeps the one it began
// with.
class TlsContext {
  public:
    // Throws InvalidArgument naming the file and what is wrong with it. `tickets` outlives it.
    TlsContext(const Tls& settings, TicketKeys& tickets);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    // For one connection of a client; the caller frees it (SSL_free). Throws Unavailable without memory.
    ssl_st* make_session() const;
    const std::vector<CertificateFacts>& certificates() const { return facts_; }

  private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    using Handle = std::unique_ptr<ssl_ctx_st, Free>;

    static int choose_certificate(ssl_st* session, int* alert, void* self);
    // Null: none is made for that name.
    ssl_ctx_st* find(std::string_view host) const;

    std::vector<Handle> handles_;  // one for each certificate
    std::map<std::string, ssl_ctx_st*, std::less<>> by_name_;
    std::vector<CertificateFacts> facts_;
};

}  // namespace host::http
