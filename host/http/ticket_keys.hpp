#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

struct ssl_st;
struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace host::http {

// The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1). They are common to all certificates and outlive a reload
// of these, so that clients resume; and they change, so that one that leaks opens hours of traffic and not months. Any
// thread.
class TicketKeys {
  public:
    // The signature and the results are OpenSSL's (SSL_CTX_set_tlsext_ticket_key_evp_cb).
    int use(unsigned char* name, unsigned char* vector, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, bool sealing);

  private:
    struct Key {
        std::array<unsigned char, 16> name;
        std::array<unsigned char, 32> cipher;
        std::array<unsigned char, 32> mac;
        std::chrono::steady_clock::time_point made;
    };
    static std::optional<Key> make_key();
    std::optional<Key> sealing_key();
    std::optional<Key> key_named(const unsigned char* name, bool& current);

    std::mutex mutex_;
    std::optional<Key> current_;
    std::optional<Key> former_;
};

}  // namespace host::http
