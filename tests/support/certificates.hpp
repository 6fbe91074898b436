#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace support {

// A directory of its own with certificate authorities and what they signed, made when asked for. P-256 keys: quick to
// make. Throws std::runtime_error when OpenSSL does not want to.
class Certificates {
  public:
    Certificates();
    ~Certificates();
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    struct Files {
        std::filesystem::path certificate;
        std::filesystem::path key;
    };
    struct Wanted {
        std::string common_name;
        std::vector<std::string> names = {};  // DNS
        int days = 365;
        std::string authority = "authority";  // made when it is first named
    };
    // The files are named after `file`; made again they replace the former ones.
    Files make(const std::string& file, const Wanted& wanted);
    std::filesystem::path authority(const std::string& name = "authority");
    const std::filesystem::path& directory() const { return directory_; }

  private:
    Files files_of(const std::string& name) const;
    std::filesystem::path directory_;
};

}  // namespace support
