#include "host/app/session.hpp"

#include "host/app/make_directory.hpp"
#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/database/private_cluster.hpp"

namespace host::app {

Session::Session(const config::Config& config, const char* name, BesideHost beside_host)
    : logger_(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}), name) {
    core::set_thread_kind(core::ThreadKind::Control);
    make_directory(config.data_directory, "data_directory");
    database::Settings settings = config.database;
    try {
        database_.emplace(settings, logger_);
        database_->start();
        return;
    } catch (const core::Error& error) {
        if (error.code() != core::Code::Conflict || beside_host == BesideHost::No) throw;
    }
    settings.url = database::PrivateCluster::url_beside_host(config.data_directory);
    if (settings.url.empty())
        throw core::Error(core::Code::Unavailable, "the database of the running host has not started yet");
    database_.emplace(settings, logger_);
    database_->start();
}

}  // namespace host::app
