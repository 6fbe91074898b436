#pragma once

#include <string>

// One function a command; each returns an exit code and throws core::Error or config's errors.
namespace host::cli {

int serve(const std::string& config_file);
int check(const std::string& config_file);
int routes(const std::string& config_file);
int plugin_list(const std::string& config_file);
int plugin_info(const std::string& config_file, const std::string& id);
int migrate_status(const std::string& config_file);
int migrate_up(const std::string& config_file);
int secret_list(const std::string& config_file);
int secret_set(const std::string& config_file, const std::string& owner, const std::string& name);
int secret_remove(const std::string& config_file, const std::string& owner, const std::string& name);
int secret_rotate_key(const std::string& config_file);

}  // namespace host::cli
