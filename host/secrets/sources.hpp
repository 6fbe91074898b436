#pragma once

#include <optional>
#include <string>

#include "host/secrets/envelope.hpp"
#include "host/secrets/settings.hpp"

namespace host::secrets {

// What the administrator gives from outside, in this order:
//   <directory>/<owner>/<name>                       a file
//   GANTRY_SECRET_<OWNER>__<NAME>                    a variable of the environment
//   $CREDENTIALS_DIRECTORY/<owner>.<name>            a credential of systemd
// The last line break of a file is not part of the secret.
class Sources {
  public:
    explicit Sources(Settings settings) : settings_(std::move(settings)) {}

    // Nothing: none of them has it. Throws what read_secret_file() throws: a secret that is there but must not be trusted
    // is not passed over.
    std::optional<SecretBytes> find(const Place& place) const;
    // Which of them has it, and in which state; "" if none does.
    std::string mark(const Place& place) const;
    // "file", "environment", "credential" or "".
    std::string kind(const Place& place) const;

  private:
    std::filesystem::path file_of(const Place& place) const;

    const Settings settings_;
};

// Throws InvalidArgument unless the owner is a plugin's id or "gantry" and the name is [a-z][a-z0-9_.-]{0,63}.
void check_place(const Place& place);

// The variable of a secret; nothing if the name would not be unambiguous: it would be another plugin's too.
std::optional<std::string> variable_of(const Place& place);

}  // namespace host::secrets
