#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/config/config.hpp"

// What `gantry secret` does. Each starts the database for itself and brings the host's own schema up to date.
namespace host::app {

struct SecretStatus {
    std::string owner;
    std::string name;
    std::string key_id;  // of the master key
    std::string updated_at;
};
std::vector<SecretStatus> stored_secrets(const config::Config& config);

// The value is read from `descriptor` to its end, without a last line break. Throws InvalidArgument if it is empty.
void store_secret(const config::Config& config, const std::string& owner, const std::string& name, int descriptor);
// Throws NotFound.
void remove_secret(const config::Config& config, const std::string& owner, const std::string& name);

struct KeyRotation {
    std::string key_id;
    std::size_t secrets = 0;       // wrapped anew
    bool by_running_host = false;  // it wraps them, within secrets.watch_interval
};
KeyRotation rotate_master_key(const config::Config& config);

}  // namespace host::app
