#include "tests/support/tls_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace support {

namespace {

[[noreturn]] void fail(const std::string& what) {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(error);
    throw std::runtime_error(what + (reason != nullptr ? std::string(": ") + reason : ""));
}

int connect_to(const std::string& address, int receive_bytes) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_bytes > 0) ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    const timeval patience{10, 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return made;
    ::close(made);
    throw std::runtime_error("cannot connect to " + address);
}

std::string wire_format(const std::string& protocols) {
    std::string wire;
    for (std::size_t at = 0; at < protocols.size();) {
        const std::size_t comma = std::min(protocols.find(',', at), protocols.size());
        wire += static_cast<char>(comma - at) + protocols.substr(at, comma - at);
        at = comma + 1;
    }
    return wire;
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const Options& options)
    : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), session_(nullptr, &SSL_free) {
    if (options.version_max != 0) SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
    if (options.old_versions) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
    }
    if (!options.certificate.empty() &&
        (SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str()) != 1 ||
         SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM) != 1)) {
        fail("the client's certificate");
    }
    socket_ = connect_to(address, options.receive_bytes);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), socket_);
    const std::string protocols = wire_format(options.protocols);
    if (!protocols.empty()) {
        SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    }
    if (!options.server_name.empty()) SSL_set_tlsext_host_name(session_.get(), options.server_name.c_str());
    if (options.resume != nullptr) SSL_set_session(session_.get(), options.resume);
    if (SSL_connect(session_.get()) == 1) return;
    ::close(std::exchange(socket_, -1));
    fail("handshake");
}

TlsClient::~TlsClient() {
    // Otherwise OpenSSL would spoil the session for those who are to resume it.
    if (session_) SSL_set_shutdown(session_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    if (socket_ >= 0) ::close(socket_);
}

TlsClient::TlsClient(TlsClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      context_(std::move(other.context_)),
      session_(std::move(other.session_)),
      buffer_(std::move(other.buffer_)),
      clean_(other.clean_) {}

TlsClient& TlsClient::send(std::string_view bytes) {
    if (SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) fail("write");
    return *this;
}

bool TlsClient::fill() {
    char piece[16384];
    const int size = SSL_read(session_.get(), piece, sizeof piece);
    if (size > 0) {
        buffer_.append(piece, static_cast<std::size_t>(size));
        return true;
    }
    const int error = SSL_get_error(session_.get(), size);
    if (error == SSL_ERROR_WANT_READ) throw std::runtime_error("nothing came for ten seconds");
    clean_ = error == SSL_ERROR_ZERO_RETURN;
    if (error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING) fail("read");
    ERR_clear_error();
    return false;
}

std::string TlsClient::read_until(std::string_view text) {
    std::size_t at = 0;
    while ((at = buffer_.find(text)) == std::string::npos) {
        if (!fill()) throw std::runtime_error("the server ended after: " + buffer_.substr(0, 200));
    }
    std::string taken = buffer_.substr(0, at + text.size());
    buffer_.erase(0, taken.size());
    return taken;
}

TlsClient::Answer TlsClient::read_answer() {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    answer.status = std::stoi(answer.head.substr(answer.head.find(' ')));
    const std::size_t at = answer.head.find("Content-Length: ");
    const std::size_t size = at == std::string::npos ? 0 : std::stoul(answer.head.substr(at + 16));
    while (buffer_.size() < size) {
        if (!fill()) throw std::runtime_error("the server ended within a body");
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return answer;
}

std::string TlsClient::read_to_end() {
    while (fill()) {
    }
    return std::move(buffer_);
}

std::string TlsClient::certificate_name() const {
    X509* certificate = SSL_get0_peer_certificate(session_.get());
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return name;
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::version() const {
    return SSL_get_version(session_.get());
}

bool TlsClient::resumed() const {
    return SSL_session_reused(session_.get()) == 1;
}

ssl_session_st* TlsClient::session() const {
    return SSL_get1_session(session_.get());
}

void TlsClient::free_session(ssl_session_st* session) {
    SSL_SESSION_free(session);
}

bool TlsClient::renegotiate() {
    if (SSL_renegotiate(session_.get()) != 1) return false;
    const bool done = SSL_do_handshake(session_.get()) == 1;
    ERR_clear_error();
    return done;
}

void TlsClient::finish() {
    SSL_shutdown(session_.get());
    ::shutdown(socket_, SHUT_WR);
}

void TlsClient::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
}

}  // namespace support
