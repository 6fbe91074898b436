#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace host::http {

// A regular file or a directory, open for reading.
class OpenFile {
  public:
    explicit OpenFile(int descriptor);  // takes it over
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&& other) noexcept;
    ~OpenFile();

    int descriptor() const { return descriptor_; }
    bool is_regular() const { return S_ISREG(status_.st_mode); }
    bool is_directory() const { return S_ISDIR(status_.st_mode); }
    std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }
    const struct stat& status() const { return status_; }

  private:
    int descriptor_;
    struct stat status_ {};
};

// Opens `path`, relative, below the directory; nothing if it is not there or may not be read. Never leaves the directory:
// ".." and links that lead out are as if they were not there. Waits for nobody: not for the other end of a pipe either.
// Throws Unavailable when the process has no descriptor left.
std::optional<OpenFile> open_below(const std::filesystem::path& directory, const std::string& path);

namespace detail {
// For kernels and sandboxes without openat2(): component by component, without any links.
std::optional<OpenFile> open_by_components(int directory, const std::string& path);
}  // namespace detail

}  // namespace host::http
