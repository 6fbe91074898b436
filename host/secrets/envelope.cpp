#include "host/secrets/envelope.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "host/core/error.hpp"
#include "host/core/ids.hpp"
#include "host/core/sha256.hpp"

namespace host::secrets {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t id_digits = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
int length_of(std::size_t size) {
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) throw Error(Code::Limit, "a secret is too large");
    return static_cast<int>(size);
}

void check(int result) {
    if (result != 1) throw Error(Code::Internal, "AES-256-GCM is not available in this OpenSSL");
}

Context make_context() {
    Context context(EVP_CIPHER_CTX_new());
    if (!context) throw std::bad_alloc();
    return context;
}

// The parts are separated by a byte that none of them can hold.
std::string associated_data(std::string_view purpose, const Place& place, std::string_view key_id) {
    std::string data = "gantry.secret/1";
    for (const std::string_view part : {purpose, std::string_view(place.owner), std::string_view(place.name), key_id}) {
        data += '\0';
        data += part;
    }
    return data;
}

std::string encrypt(const SecretBytes& key, const std::string& associated, std::string_view plain) {
    std::string out(nonce_bytes + plain.size() + tag_bytes, '\0');
    core::random_bytes(out.data(), nonce_bytes);
    const Context context = make_context();
    unsigned char* cipher = bytes_of(out) + nonce_bytes;
    int size = 0;
    check(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(out)));
    check(EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(std::string_view(associated)),
                            length_of(associated.size())));
    check(EVP_EncryptUpdate(context.get(), cipher, &size, bytes_of(plain), length_of(plain.size())));
    check(EVP_EncryptFinal_ex(context.get(), cipher + plain.size(), &size));
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, cipher + plain.size()));
    return out;
}

[[noreturn]] void damaged(const Place& place) {
    throw Error(
        Code::Internal,
        "the stored secret " + place.owner + "/" + place.name + " cannot be opened: it was changed, or belongs to another",
        place.owner + "/" + place.name, "SECRET_DAMAGED");
}

SecretBytes decrypt(const SecretBytes& key, const std::string& associated, std::string_view sealed, const Place& place) {
    if (sealed.size() < nonce_bytes + tag_bytes) damaged(place);
    const std::string_view cipher = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::string tag(sealed.substr(sealed.size() - tag_bytes));
    // An empty secret has no memory of its own, and OpenSSL wants some to write to.
    SecretBytes plain(cipher.size() + 1);
    const Context context = make_context();
    int size = 0;
    check(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(sealed)));
    check(EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(std::string_view(associated)),
                            length_of(associated.size())));
    check(EVP_DecryptUpdate(context.get(), plain.data(), &size, bytes_of(cipher), length_of(cipher.size())));
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()));
    if (EVP_DecryptFinal_ex(context.get(), plain.data() + cipher.size(), &size) != 1) damaged(place);
    plain.shrink(cipher.size());
    return plain;
}

std::string wrap(const MasterKey& master, const Place& place, const SecretBytes& key) {
    return encrypt(master.bytes, associated_data("key", place, master.id), key.view());
}

SecretBytes unwrap(const MasterKey& master, const Place& place, const Envelope& envelope) {
    SecretBytes key = decrypt(master.bytes, associated_data("key", place, master.id), envelope.wrapped_key, place);
    if (key.size() != key_bytes) damaged(place);
    return key;
}

}  // namespace

MasterKey::MasterKey(SecretBytes the_bytes) : bytes(std::move(the_bytes)) {
    if (bytes.size() != key_bytes) {
        throw Error(Code::InvalidArgument, "a master key has " + std::to_string(bytes.size()) + " bytes but must have 32");
    }
    SecretBytes named(std::string_view("gantry master key").size() + key_bytes);
    std::copy_n("gantry master key", 17, named.data());
    std::copy_n(bytes.data(), key_bytes, named.data() + 17);
    id = core::sha256_hex(named.view()).substr(0, id_digits);
}

Envelope seal(const MasterKey& key, const Place& place, std::string_view value) {
    SecretBytes own(key_bytes);
    core::random_bytes(own.data(), own.size());
    return {key.id, wrap(key, place, own), encrypt(own, associated_data("value", place, ""), value)};
}

SecretBytes unseal(const MasterKey& key, const Place& place, const Envelope& envelope) {
    const SecretBytes own = unwrap(key, place, envelope);
    return decrypt(own, associated_data("value", place, ""), envelope.sealed, place);
}

Envelope rewrap(const MasterKey& from, const MasterKey& to, const Place& place, const Envelope& envelope) {
    const SecretBytes own = unwrap(from, place, envelope);
    return {to.id, wrap(to, place, own), envelope.sealed};
}

}  // namespace host::secrets
