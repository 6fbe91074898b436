#include "host/bridge/room_failure.hpp"

#include "host/core/database_words.hpp"

namespace host::bridge {

core::Error room_failure(const core::Error& error, const log::Logger& logger) {
    if (core::is_of_database(error)) {
        logger.warn("the database refused what the host wrote for the plugin",
                    {{"code", error.name()}, {"reason", error.what()}});
    }
    return core::without_database_words(error);
}

}  // namespace host::bridge
