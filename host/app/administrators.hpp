#pragma once

#include <cstdint>
#include <optional>

#include "host/config/config.hpp"
#include "host/identity/host_tokens.hpp"
#include "host/log/logger.hpp"
#include "host/secrets/secrets.hpp"

namespace host::app {

// Lets in whoever may use the host's own API: the command line of this machine, and who bears the token of
// identity.admin_token or, when that is empty, of the secret admin_token of the owner gantry. That one may change while
// the host runs; removed, it opens nothing any more.
class Administrators {
  public:
    Administrators(const config::Config& config, secrets::Secrets& secrets, identity::HostTokens& tokens,
                   log::Logger logger);
    ~Administrators();

    // After the secrets have started. Throws Unavailable if the control token cannot be written.
    void admit();

  private:
    // A secret that cannot be read or is too short admits nobody, and the log says why.
    void read_secret();

    const config::Config& config_;
    secrets::Secrets& secrets_;
    identity::HostTokens& tokens_;
    const log::Logger logger_;
    std::optional<std::uint64_t> watch_;
};

}  // namespace host::app
