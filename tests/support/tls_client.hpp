#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;

namespace support {

// A client with OpenSSL's own TLS on a blocking socket. It believes any certificate and tells whose it was: who is to be
// believed is the client's affair, not the server's. Every call gives up with std::runtime_error after ten seconds.
class TlsClient {
  public:
    struct Options {
        std::string server_name = {};  // SNI
        std::string protocols = {};    // ALPN, comma separated
        std::string certificate = {};  // PEM files
        std::string key = {};
        int version_max = 0;  // 0x0303 is TLS 1.2
        bool old_versions = false;
        ssl_session_st* resume = nullptr;
        int receive_bytes = 0;
    };
    // "https://127.0.0.1:43117"; throws if the handshake fails.
    TlsClient(const std::string& address, const Options& options);
    explicit TlsClient(const std::string& address) : TlsClient(address, Options{}) {}
    ~TlsClient();
    TlsClient(TlsClient&& other) noexcept;
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    TlsClient& send(std::string_view bytes);
    struct Answer {
        int status = 0;
        std::string head;
        std::string body;
    };
    Answer read_answer();
    std::string read_until(std::string_view text);
    std::string read_to_end();
    // Did the end come with close_notify, so that nothing can have been cut off? After read_to_end().
    bool ended_cleanly() const { return clean_; }

    std::string certificate_name() const;  // common name
    std::string protocol() const;          // ALPN's choice
    std::string version() const;           // "TLSv1.3"
    bool resumed() const;
    // To resume with; the caller frees it with free_session(). In TLS 1.3 it comes with the first answer.
    ssl_session_st* session() const;
    static void free_session(ssl_session_st* session);
    bool renegotiate();  // TLS 1.2

    void finish();  // close_notify, and no more from here
    void reset();   // without a word, so that the server sees a reset

  private:
    bool fill();

    int socket_ = -1;
    std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
    std::string buffer_;
    bool clean_ = false;
};

}  // namespace support
