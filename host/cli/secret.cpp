#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "host/app/secrets.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/config.hpp"

namespace host::cli {

namespace {

config::Config load(const std::string& config_file) {
    return config::load(config_file, config::process_environment());
}

// Typed at a terminal a secret is not shown.
class SilentTerminal {
  public:
    SilentTerminal() {
        if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before_) != 0) return;
        std::cerr << "the secret, then Enter and Ctrl-D: " << std::flush;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal() {
        if (!changed_) return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << '\n';
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

  private:
    termios before_{};
    bool changed_ = false;
};

}  // namespace

int secret_list(const std::string& config_file, Output output) {
    std::vector<std::vector<std::string>> rows;
    for (const app::SecretStatus& secret : app::stored_secrets(load(config_file)))
        rows.push_back({secret.owner, secret.name, secret.key_id, secret.updated_at});
    if (output == Output::Json) {
        print_json("secret list", items_of({"owner", "name", "master_key", "changed_at"}, rows));
        return Ok;
    }
    rows.insert(rows.begin(), {"OWNER", "NAME", "MASTER KEY", "CHANGED"});
    print_table(rows);
    return Ok;
}

int secret_set(const std::string& config_file, const std::string& owner, const std::string& name) {
    const config::Config config = load(config_file);
    const SilentTerminal silent;
    app::store_secret(config, owner, name, STDIN_FILENO);
    std::cout << "stored " << owner << '/' << name << '\n';
    return Ok;
}

int secret_remove(const std::string& config_file, const std::string& owner, const std::string& name) {
    app::remove_secret(load(config_file), owner, name);
    std::cout << "removed " << owner << '/' << name << '\n';
    return Ok;
}

int secret_rotate_key(const std::string& config_file) {
    const app::KeyRotation rotation = app::rotate_master_key(load(config_file));
    if (rotation.by_running_host) {
        std::cout << "the master key is now " << rotation.key_id << "; the running host wraps the stored secrets anew\n";
        return Ok;
    }
    std::cout << "the master key is now " << rotation.key_id << "; " << rotation.secrets
              << (rotation.secrets == 1 ? " secret was" : " secrets were") << " wrapped anew\n";
    return Ok;
}

}  // namespace host::cli
