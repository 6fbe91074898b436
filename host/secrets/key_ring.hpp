#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/secrets/envelope.hpp"
#include "host/secrets/settings.hpp"

namespace host::secrets {

// The master keys of a file: 64 hex digits a line. The first seals, all of them open: that is how a key is changed without
// a moment in which something cannot be read.
class KeyRing {
  public:
    // The file that the settings name, else systemd's credential gantry-master-key, else <data_directory>/master.key, which
    // is made, with mode 0600, if it is not there. Throws what read_secret_file() throws, NotFound for a named file that
    // is not there, InvalidArgument for anything but keys in it.
    static KeyRing load(const Settings& settings);

    const MasterKey& active() const { return keys_.front(); }
    // Null: this host does not have it.
    const MasterKey* find(const std::string& id) const;
    std::size_t size() const { return keys_.size(); }
    std::vector<std::string> ids() const;
    const std::filesystem::path& file() const { return file_; }
    // Has the file changed since?
    bool is_stale() const;
    // What the file holds now. Throws NotFound if it is gone: under a running host no new key is made in its place.
    KeyRing reload() const;

    // Puts a new key first, keeps the others but those that `used` does not name; the file is replaced in one step.
    // Throws Denied for systemd's credential: only the administrator can change that.
    void rotate(const std::vector<std::string>& used);

  private:
    KeyRing(std::filesystem::path file, bool writable) : file_(std::move(file)), writable_(writable) {}
    void read();

    std::filesystem::path file_;
    bool writable_;
    std::string mark_;
    std::vector<MasterKey> keys_;  // never empty once loaded
};

}  // namespace host::secrets
