#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "host/secrets/secret_bytes.hpp"

namespace host::secrets {

inline constexpr std::size_t secret_bytes_max = 64 * 1024;

// Who else may read a file that holds a secret.
enum class Readers {
    OwnerOnly,  // mode 0600 or less: master keys
    Group       // 0640 or less: what an orchestrator mounts for a service's group
};

// The bytes of a file; nothing if it is not there. Throws Denied if others may read or change it or it belongs to neither
// us nor root, Limit above 64 KiB, InvalidArgument if it is no ordinary file, Unavailable if it cannot be read.
std::optional<SecretBytes> read_secret_file(const std::filesystem::path& file, Readers readers);

// Changes when the file changes; "" if it is not there. Does not read it.
std::string mark_of(const std::filesystem::path& file);

}  // namespace host::secrets
