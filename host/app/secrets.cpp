#include "host/app/secrets.hpp"

#include <unistd.h>

#include <cerrno>

#include "host/app/migrations.hpp"
#include "host/app/session.hpp"
#include "host/secrets/secret_file.hpp"
#include "host/secrets/secrets.hpp"

namespace host::app {

namespace {

// The secrets of a command. The members die in the right order: the secrets before the database.
class SecretSession {
  public:
    explicit SecretSession(const config::Config& config, Session::BesideHost beside_host = Session::BesideHost::Yes)
        : session_(config, "secrets", beside_host), secrets_(config.secrets, session_.database(), session_.logger()) {
        migrate(session_.database(), config, "gantry", session_.logger());
        secrets_.start();
    }
    secrets::Secrets& secrets() { return secrets_; }

  private:
    Session session_;
    secrets::Secrets secrets_;
};

secrets::SecretBytes read_value(int descriptor) {
    secrets::SecretBytes value(secrets::secret_bytes_max + 2);
    std::size_t size = 0;
    while (size < value.size()) {
        const ssize_t got = read(descriptor, value.data() + size, value.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw core::Error(core::Code::Unavailable, "standard input cannot be read");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    value.shrink(size);
    if (value.view().ends_with('\n')) value.shrink(value.size() - 1);
    if (value.empty()) throw core::Error(core::Code::InvalidArgument, "standard input holds no value");
    return value;
}

}  // namespace

std::vector<SecretStatus> stored_secrets(const config::Config& config) {
    SecretSession session(config);
    std::vector<SecretStatus> all;
    for (const secrets::Secrets::Listed& secret : session.secrets().list())
        all.push_back({secret.place.owner, secret.place.name, secret.key_id, secret.updated_at});
    return all;
}

void store_secret(const config::Config& config, const std::string& owner, const std::string& name, int descriptor) {
    secrets::check_place({owner, name});
    const secrets::SecretBytes value = read_value(descriptor);
    SecretSession(config).secrets().put({owner, name}, value.view());
}

void remove_secret(const config::Config& config, const std::string& owner, const std::string& name) {
    secrets::check_place({owner, name});
    if (SecretSession(config).secrets().remove({owner, name})) return;
    throw core::Error(core::Code::NotFound, "there is no stored secret " + owner + "/" + name);
}

KeyRotation rotate_master_key(const config::Config& config) {
    try {
        SecretSession session(config, Session::BesideHost::No);
        const std::size_t wrapped = session.secrets().rotate();
        return {session.secrets().active_key_id(), wrapped, false};
    } catch (const core::Error& error) {
        if (error.code() != core::Code::Conflict) throw;
    }
    // A running host needs no more than the new key: it looks at the file, and what is not known to be unused is kept.
    secrets::KeyRing ring = secrets::KeyRing::load(config.secrets);
    ring.rotate(ring.ids());
    return {ring.active().id, 0, true};
}

}  // namespace host::app
