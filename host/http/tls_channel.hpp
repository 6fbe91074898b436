#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "host/http/socket.hpp"
#include "host/http/tls_context.hpp"

struct bio_st;

namespace host::http {

// The TLS of one connection between its socket and its plain bytes. It never waits: OpenSSL sees memory only, and the
// handshake goes on with whatever bytes arrive. One thread at a time.
class TlsChannel {
  public:
    explicit TlsChannel(std::shared_ptr<const TlsContext> context);
    ~TlsChannel();
    TlsChannel(const TlsChannel&) = delete;
    TlsChannel& operator=(const TlsChannel&) = delete;

    // As socket::read(), with plain bytes; Done of size 0 is nothing but TLS's own. `wire` is only lent and holds the
    // bytes of the socket; `into` has at least twice record_bytes_max. End: the client has said that it will send no more,
    // or the socket has ended.
    socket::Result read(int descriptor, std::span<char> wire, std::span<char> into);
    // The same in two steps, for those who read the socket themselves: what was fed must be taken until WouldBlock before
    // the bytes go.
    void feed(std::string_view wire) { input_ = wire; }
    socket::Result take(std::span<char> into);

    // Encrypts from the front of `plain`; how many bytes were taken. 0: broken. Once established.
    std::size_t encrypt(std::span<const iovec> plain);
    // What encrypting and the handshake leave to be sent.
    bool has_output() const { return sent_ < output_.size(); }
    std::string_view output() const { return std::string_view(output_).substr(sent_); }
    void output_sent(std::size_t size);
    socket::Result flush(int descriptor);

    bool established() const { return established_; }
    // "CN=reports,O=Example" (RFC 2253) of the certificate that the client has proved to own; empty: none.
    const std::string& client_subject() const { return client_subject_; }
    // Adds close_notify to the output: the client may believe that what it has is whole. Once.
    void finish();

    static constexpr std::size_t record_bytes_max = 17 * 1024;

  private:
    struct Free {
        void operator()(ssl_st* session) const;
    };
    struct Callbacks;  // OpenSSL's side of it

    void establish();

    const std::shared_ptr<const TlsContext> context_;
    std::string_view input_;
    std::string output_;
    std::size_t sent_ = 0;
    bool established_ = false;
    bool ended_ = false;
    bool finished_ = false;
    std::string client_subject_;
    const std::unique_ptr<ssl_st, Free> session_;
};

}  // namespace host::http
