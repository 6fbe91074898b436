#include "host/http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// Forward secrecy and authenticated encryption only; what TLS 1.3 has is all of that kind.
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// A chain that a client may show. Larger ones are an attack on our memory.
constexpr long client_chain_bytes_max = 32 * 1024;
// Shorter than a ticket's key lives.
constexpr long session_seconds_max = 2 * 60 * 60;
constexpr std::string_view protocol = "http/1.1";

core::Error wrong(const std::filesystem::path& file, const std::string& what) {
    return core::Error{core::Code::InvalidArgument, file.string() + " " + what};
}

// The reason alone: the whole line names OpenSSL's functions, which tells an administrator nothing.
std::string reason() {
    const unsigned long error = ERR_peek_last_error();
    const char* text = ERR_reason_error_string(error);
    ERR_clear_error();
    return text != nullptr ? text : "unknown reason";
}

void require_readable(const std::filesystem::path& file) {
    if (std::ifstream stream(file); stream.peek() == std::ifstream::traits_type::eof()) {
        throw wrong(file, stream.is_open() ? "is empty or cannot be read" : "cannot be opened");
    }
}

// A server has nobody to ask: without this OpenSSL would wait at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

std::string text_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// The DNS names a certificate is for; its common name only if there are none, as RFC 6125 section 6.4.4 has it.
std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> names;
    auto* alternatives = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS) names.push_back(lower(text_of(name->d.dNSName)));
    }
    GENERAL_NAMES_free(alternatives);
    if (!names.empty()) return names;
    X509_NAME* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at >= 0) names.push_back(lower(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))));
    return names;
}

CertificateFacts facts_of(const std::filesystem::path& file, X509* certificate) {
    tm end{};
    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end);
    return {file.string(), names_of(certificate), std::chrono::system_clock::from_time_t(::timegm(&end))};
}

void load_certificate(ssl_ctx_st* context, const std::filesystem::path& file, const std::filesystem::path& key) {
    require_readable(file);
    require_readable(key);
    if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1)
        throw wrong(file, "holds no certificate that can be used: " + reason());
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1) return;
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    const std::string why = reason();
    if (mismatch) throw wrong(key, "is not the key of " + file.string());
    throw wrong(key, "holds no key that can be used without a passphrase: " + why);
}

// A session may only be resumed by whoever would be let in afresh: who may changes with the authorities.
void bind_sessions(ssl_ctx_st* context, const Tls& settings) {
    std::string basis = settings.client_certificate == ClientCertificate::Required ? "required" : "optional";
    if (settings.client_ca_file.empty()) {
        basis = "none";
    } else {
        std::ifstream file(settings.client_ca_file, std::ios::binary);
        basis.append(std::istreambuf_iterator<char>(file), {});
    }
    const std::string digest = core::sha256_hex(basis).substr(0, SSL_MAX_SID_CTX_LENGTH);
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(digest.data()),
                                   static_cast<unsigned>(digest.size()));
}

void ask_clients(ssl_ctx_st* context, const Tls& settings) {
    const std::filesystem::path& file = settings.client_ca_file;
    if (file.empty()) return;
    require_readable(file);
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
    if (names == nullptr || SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        throw wrong(file, "holds no certificates of authorities: " + reason());
    }
    SSL_CTX_set_client_CA_list(context, names);
    const int required = settings.client_certificate == ClientCertificate::Required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
    SSL_CTX_set_verify_depth(context, 4);
}

// RFC 7301: who offers protocols, none of which is ours, is told so.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned length,
                    void*) {
    for (unsigned at = 0; at < length; at += 1U + offered[at]) {
        const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
        if (name != protocol) continue;
        *chosen = offered + at + 1;
        *size = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int use_ticket_key(SSL* session, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   int sealing) {
    auto* keys = static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(session)));
    return keys->use(name, vector, cipher, mac, sealing == 1);
}

ssl_ctx_st* make_context(TicketKeys& tickets) {
    ssl_ctx_st* context = SSL_CTX_new(TLS_server_method());
    if (context == nullptr) throw core::Error{core::Code::Unavailable, "no memory for TLS"};
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, tls12_ciphers);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    // An idle connection keeps no buffers.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(context, client_chain_bytes_max);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    // Tickets: the client keeps the session, here it costs nothing.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, session_seconds_max);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_app_data(context, &tickets);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key);
    return context;
}

}  // namespace

std::optional<std::string> problem_with(const Tls& settings) {
    try {
        TicketKeys tickets;
        const TlsContext context(settings, tickets);
        return std::nullopt;
    } catch (const core::Error& error) {
        return error.what();
    }
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

TlsContext::TlsContext(const Tls& settings, TicketKeys& tickets) {
    if (settings.certificates.empty())
        throw core::Error{core::Code::InvalidArgument, "an https:// address needs http.tls.certificates, found none"};
    if (!settings.keys.empty() && settings.keys.size() != settings.certificates.size()) {
        throw core::Error{core::Code::InvalidArgument,
                          "http.tls.keys must have one file for each of http.tls.certificates, found " +
                              std::to_string(settings.keys.size()) + " for " + std::to_string(settings.certificates.size())};
    }
    for (std::size_t i = 0; i < settings.certificates.size(); ++i) {
        const std::filesystem::path& file = settings.certificates[i];
        ssl_ctx_st* context = handles_.emplace_back(make_context(tickets)).get();
        load_certificate(context, file, settings.keys.empty() ? file : settings.keys[i]);
        ask_clients(context, settings);
        bind_sessions(context, settings);
        SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
        SSL_CTX_set_tlsext_servername_arg(context, this);
        const CertificateFacts& facts = facts_.emplace_back(facts_of(file, SSL_CTX_get0_certificate(context)));
        for (const std::string& name : facts.names)
            by_name_.emplace(name, context);
    }
}

TlsContext::~TlsContext() = default;

ssl_st* TlsContext::make_session() const {
    ssl_st* session = SSL_new(handles_.front().get());
    if (session == nullptr) throw core::Error{core::Code::Unavailable, "no memory for a TLS connection"};
    SSL_set_accept_state(session);
    return session;
}

ssl_ctx_st* TlsContext::find(std::string_view host) const {
    const std::string name = lower(host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0)));
    if (const auto exact = by_name_.find(name); exact != by_name_.end()) return exact->second;
    const std::size_t dot = name.find('.');
    if (dot == 0 || dot == std::string::npos) return nullptr;
    const auto wildcard = by_name_.find("*" + name.substr(dot));
    return wildcard != by_name_.end() ? wildcard->second : nullptr;
}

int TlsContext::choose_certificate(ssl_st* session, int*, void* self) {
    const char* host = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    ssl_ctx_st* context = host != nullptr ? static_cast<const TlsContext*>(self)->find(host) : nullptr;
    if (context == nullptr) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_SSL_CTX(session, context);
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace host::http
