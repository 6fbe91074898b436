#pragma once

#include <string>
#include <string_view>

#include "host/secrets/secret_bytes.hpp"

namespace host::secrets {

inline constexpr std::size_t key_bytes = 32;

// A master key and its name. The name is a fingerprint: it says which key it was, not what it is.
struct MasterKey {
    explicit MasterKey(SecretBytes bytes);  // throws InvalidArgument unless there are 32

    SecretBytes bytes;
    std::string id;  // 16 hex digits
};

// Whose a sealed value is. Part of what is authenticated: a row that is moved to another owner or name does not open.
struct Place {
    std::string owner;
    std::string name;
};

// A value as the table holds it: encrypted with a key of its own, which is encrypted with a master key. Both AES-256-GCM,
// 12 random bytes first, the tag last.
struct Envelope {
    std::string key_id;
    std::string wrapped_key;
    std::string sealed;
};

Envelope seal(const MasterKey& key, const Place& place, std::string_view value);
// Throws Internal, SECRET_DAMAGED: changed, of another place, or sealed with another key.
SecretBytes unseal(const MasterKey& key, const Place& place, const Envelope& envelope);
// The same value under another master key; the value itself is not opened. Throws as unseal() does.
Envelope rewrap(const MasterKey& from, const MasterKey& to, const Place& place, const Envelope& envelope);

}  // namespace host::secrets
