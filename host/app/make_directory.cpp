#include "host/app/make_directory.hpp"

#include <system_error>

#include "host/core/error.hpp"

namespace host::app {

void make_directory(const std::filesystem::path& directory, const std::string& what) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    if (!failure) return;
    throw core::Error(core::Code::Unavailable, what + " " + directory.string() + " cannot be made: " + failure.message());
}

}  // namespace host::app
