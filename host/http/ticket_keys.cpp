#include "host/http/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

namespace host::http {

namespace {

constexpr std::chrono::hours key_life{6};
constexpr int vector_bytes = 16;

bool prepare_mac(evp_mac_ctx_st* mac, unsigned char* key, std::size_t size) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, size),
                                     OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

}  // namespace

std::optional<TicketKeys::Key> TicketKeys::make_key() {
    Key key{};
    key.made = std::chrono::steady_clock::now();
    const auto fill = [](auto& bytes) { return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1; };
    if (!fill(key.name) || !fill(key.cipher) || !fill(key.mac)) return std::nullopt;
    return key;
}

std::optional<TicketKeys::Key> TicketKeys::sealing_key() {
    std::lock_guard lock(mutex_);
    const bool stale = current_ && std::chrono::steady_clock::now() - current_->made >= key_life;
    if (current_ && !stale) return current_;
    std::optional<Key> fresh = make_key();
    if (!fresh) return std::nullopt;
    former_ = current_;
    current_ = fresh;
    return current_;
}

std::optional<TicketKeys::Key> TicketKeys::key_named(const unsigned char* name, bool& current) {
    std::lock_guard lock(mutex_);
    for (const auto* key : {&current_, &former_}) {
        if (!*key || !std::equal((*key)->name.begin(), (*key)->name.end(), name)) continue;
        const auto age = std::chrono::steady_clock::now() - (*key)->made;
        if (age >= 2 * key_life) return std::nullopt;
        current = age < key_life;
        return *key;
    }
    return std::nullopt;
}

// -1: error; 0: no such key, a full handshake follows; 1: fine; 2: fine, and a ticket of a newer key shall be given out.
int TicketKeys::use(unsigned char* name, unsigned char* vector, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac,
                    bool sealing) {
    if (sealing) {
        std::optional<Key> key = sealing_key();
        if (!key || RAND_bytes(vector, vector_bytes) != 1) return -1;
        std::copy(key->name.begin(), key->name.end(), name);
        if (EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), vector) != 1) return -1;
        return prepare_mac(mac, key->mac.data(), key->mac.size()) ? 1 : -1;
    }
    bool current = false;
    std::optional<Key> key = key_named(name, current);
    if (!key) return 0;
    if (!prepare_mac(mac, key->mac.data(), key->mac.size())) return -1;
    if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), vector) != 1) return -1;
    return current ? 1 : 2;
}

}  // namespace host::http
