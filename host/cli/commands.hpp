#pragma once

#include <string>

// One function a command; each returns an exit code and throws core::Error or config's errors.
namespace host::cli {

int serve(const std::string& config_file);
int check(const std::string& config_file);
int routes(const std::string& config_file);
int openapi(const std::string& config_file);
int plugin_list(const std::string& config_file);
int plugin_info(const std::string& config_file, const std::string& id);
int migrate_status(const std::string& config_file);
int migrate_up(const std::string& config_file);

}  // namespace host::cli
