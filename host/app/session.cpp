#include "host/app/session.hpp"

#include <filesystem>

#include "host/core/thread_kind.hpp"

namespace host::app {

Session::Session(const config::Config& config, const char* name)
    : logger_(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}), name),
      database_(config.database, logger_) {
    core::set_thread_kind(core::ThreadKind::Control);
    std::filesystem::create_directories(config.data_directory);
    database_.start();
}

}  // namespace host::app
