#include "host/config/settings_sections.hpp"

namespace host::config {

void add_identity_settings(Settings& all) {
    using Identity = host::identity::Settings;
    Section<Config, Identity> identity(all, "identity", [](Config& config) -> Identity& { return config.identity; });
    identity.add(
        "admin_token", &Identity::admin_token,
        "Bearer token that opens the host's own routes, of at least 24 characters; better ${file:...} than the "
        "token itself. Empty: the secret admin_token of the owner gantry; without that only the command line on this "
        "machine, and whom a plugin lets in",
        {{"x-secret", true}, {"pattern", "^(.{24,})?$"}});
}

}  // namespace host::config
