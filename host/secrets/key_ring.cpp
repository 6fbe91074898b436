#include "host/secrets/key_ring.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "host/core/error.hpp"
#include "host/core/ids.hpp"
#include "host/secrets/secret_file.hpp"

namespace host::secrets {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t keys_max = 16;
constexpr std::size_t line_bytes = 2 * key_bytes + 1;

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

MasterKey key_from(std::string_view line, const std::filesystem::path& file) {
    SecretBytes bytes(key_bytes);
    bool sound = line.size() == 2 * key_bytes;
    for (std::size_t i = 0; sound && i < key_bytes; ++i) {
        const int high = digit(line[2 * i]);
        const int low = digit(line[2 * i + 1]);
        sound = high >= 0 && low >= 0;
        bytes.data()[i] = static_cast<unsigned char>(high * 16 + low);
    }
    if (sound) return MasterKey(std::move(bytes));
    throw Error(Code::InvalidArgument,
                file.string() + " must hold master keys, each a line of 64 hex digits, and nothing else");
}

SecretBytes fresh_key() {
    SecretBytes bytes(key_bytes);
    core::random_bytes(bytes.data(), bytes.size());
    return bytes;
}

SecretBytes text_of(const std::vector<MasterKey>& keys) {
    constexpr char digits[] = "0123456789abcdef";
    SecretBytes text(keys.size() * line_bytes);
    unsigned char* out = text.data();
    for (const MasterKey& key : keys) {
        for (std::size_t i = 0; i < key_bytes; ++i) {
            *out++ = static_cast<unsigned char>(digits[key.bytes.data()[i] >> 4]);
            *out++ = static_cast<unsigned char>(digits[key.bytes.data()[i] & 15]);
        }
        *out++ = '\n';
    }
    return text;
}

[[noreturn]] void cannot_write(const std::filesystem::path& file) {
    throw Error(Code::Unavailable, "the master key file " + file.string() + " cannot be written: " + std::strerror(errno));
}

void write_all(int descriptor, const SecretBytes& text, const std::filesystem::path& file) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = write(descriptor, text.data() + done, text.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) cannot_write(file);
        done += static_cast<std::size_t>(wrote);
    }
    if (fsync(descriptor) != 0) cannot_write(file);
}

void sync_directory(const std::filesystem::path& directory) {
    const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    (void)fsync(descriptor);
    close(descriptor);
}

enum class Present { Replace, Keep };

// Whole or not at all, also when the machine stops in between. A key that is lost is every secret lost.
void write_key_file(const std::filesystem::path& file, const std::vector<MasterKey>& keys, Present present) {
    const SecretBytes text = text_of(keys);
    std::filesystem::path next = file;
    next += ".next." + std::to_string(getpid());
    const int descriptor = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) cannot_write(next);
    try {
        write_all(descriptor, text, next);
        close(descriptor);
    } catch (...) {
        close(descriptor);
        unlink(next.c_str());
        throw;
    }
    // link() fails if another host was faster; then its key is the key.
    const int result = present == Present::Replace ? rename(next.c_str(), file.c_str()) : link(next.c_str(), file.c_str());
    const int failure = result == 0 ? 0 : errno;
    if (present == Present::Keep || failure != 0) unlink(next.c_str());
    if (failure != 0 && !(present == Present::Keep && failure == EEXIST)) {
        errno = failure;
        cannot_write(file);
    }
    sync_directory(file.parent_path());
}

}  // namespace

KeyRing KeyRing::load(const Settings& settings) {
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const std::filesystem::path credential =
        credentials != nullptr ? std::filesystem::path(credentials) / "gantry-master-key" : std::filesystem::path();
    if (!settings.master_key_file.empty()) {
        KeyRing ring(settings.master_key_file, true);
        ring.read();
        return ring;
    }
    if (!credential.empty() && !mark_of(credential).empty()) {
        KeyRing ring(credential, false);
        ring.read();
        return ring;
    }
    KeyRing ring(settings.data_directory / "master.key", true);
    if (mark_of(ring.file_).empty()) {
        std::vector<MasterKey> first;
        first.emplace_back(fresh_key());
        write_key_file(ring.file_, first, Present::Keep);
    }
    ring.read();
    return ring;
}

void KeyRing::read() {
    mark_ = mark_of(file_);
    const std::optional<SecretBytes> text = read_secret_file(file_, writable_ ? Readers::OwnerOnly : Readers::Group);
    if (!text) throw Error(Code::NotFound, "the master key file " + file_.string() + " is not there");
    std::string_view rest = text->view();
    keys_.clear();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        keys_.push_back(key_from(rest.substr(0, end), file_));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (keys_.size() > keys_max) throw Error(Code::Limit, file_.string() + " holds more than 16 master keys");
    }
    if (keys_.empty()) throw Error(Code::InvalidArgument, "the master key file " + file_.string() + " is empty");
}

const MasterKey* KeyRing::find(const std::string& id) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const MasterKey& key) { return key.id == id; });
    return found != keys_.end() ? &*found : nullptr;
}

std::vector<std::string> KeyRing::ids() const {
    std::vector<std::string> ids;
    for (const MasterKey& key : keys_)
        ids.push_back(key.id);
    return ids;
}

bool KeyRing::is_stale() const {
    return mark_ != mark_of(file_);
}

KeyRing KeyRing::reload() const {
    KeyRing ring(file_, writable_);
    ring.read();
    return ring;
}

void KeyRing::rotate(const std::vector<std::string>& used) {
    if (!writable_) {
        throw Error(Code::Denied, "the master key is a credential of systemd: put a new key before it there and restart");
    }
    std::vector<MasterKey> keys;
    keys.emplace_back(fresh_key());
    // The one that was active is kept whatever the table says: a host may be sealing with it at this moment.
    for (MasterKey& key : keys_) {
        const bool was_active = &key == &keys_.front();
        const bool needed = std::find(used.begin(), used.end(), key.id) != used.end();
        if (was_active || needed) keys.push_back(std::move(key));
    }
    if (keys.size() > keys_max) throw Error(Code::Limit, file_.string() + " would hold more than 16 master keys");
    write_key_file(file_, keys, Present::Replace);
    keys_ = std::move(keys);
    mark_ = mark_of(file_);
}

}  // namespace host::secrets
