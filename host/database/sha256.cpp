#include "host/database/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "host/core/error.hpp"

namespace host::database {

std::string sha256_hex(const std::string& text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw core::Error{core::Code::Internal, "SHA-256 is not available"};
    }
    std::string result;
    for (unsigned int i = 0; i < size; ++i)
        result += {digits[digest[i] >> 4], digits[digest[i] & 15]};
    return result;
}

}  // namespace host::database
