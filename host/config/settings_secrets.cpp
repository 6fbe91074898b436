#include "host/config/settings_sections.hpp"

namespace host::config {

void add_secrets_settings(Settings& all) {
    using Secrets = host::secrets::Settings;
    Section<Config, Secrets> secrets(all, "secrets", [](Config& config) -> Secrets& { return config.secrets; });
    secrets.add("directory", &Secrets::directory, "Of files <plugin>/<name>, mode 0640 at most; without it there are none");
    secrets.add("master_key_file", &Secrets::master_key_file,
                "64 hex digits, mode 0600 at most; without it systemd's credential or master.key in data_directory");
    secrets.add("watch_interval", &Secrets::watch_interval, "How often watched secrets are looked at");
}

}  // namespace host::config
