#pragma once

#include <filesystem>
#include <string>

namespace host::app {

// With those above it, unless it is there already. Throws core::Error with the reason; `what` names it in the message:
// "data_directory".
void make_directory(const std::filesystem::path& directory, const std::string& what);

}  // namespace host::app
