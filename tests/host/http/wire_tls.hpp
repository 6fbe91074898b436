#pragma once

#include "tests/host/http/wire_server.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tls_client.hpp"

// A server with certificates, for the tests of TLS.
namespace wire {

using support::TlsClient;

inline Settings protected_by(const support::Certificates::Files& files) {
    Settings settings = quick();
    settings.listen = {"https://127.0.0.1:0"};
    settings.tls.certificates = {files.certificate};
    settings.tls.keys = {files.key};
    return settings;
}

// A server for "example.org", unless the settings are changed.
struct TlsServed {
    explicit TlsServed(Handler handler = echo, const std::function<void(Settings&, TlsServed&)>& change = {})
        : handler_(std::move(handler)),
          settings(protected_by(certificates.make("server", {"example.org", {"example.org"}}))) {
        if (change) change(settings, *this);
        server.emplace(handler_, settings);
    }
    std::string address() const { return server->address(); }
    TlsClient connect(const TlsClient::Options& options = {}) const { return TlsClient(address(), options); }
    host::http::Server& operator*() { return **server; }
    host::http::Server* operator->() { return &**server; }

    support::Certificates certificates;
    Handler handler_;
    Settings settings;
    std::optional<WireServer> server;
};

}  // namespace wire
