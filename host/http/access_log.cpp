#include "host/http/access_log.hpp"

namespace host::http {

namespace {

constexpr std::size_t path_bytes_max = 256;

std::string_view name_of(Ending ending) {
    switch (ending) {
        case Ending::Complete:
            return "complete";
        case Ending::Cut:
            return "cut";
        case Ending::ClientLeft:
            return "client_left";
        case Ending::WriteStalled:
            return "write_stalled";
        case Ending::Stopping:
            return "stopping";
    }
    return "unknown";
}

}  // namespace

void write_access_line(const log::Logger& logger, const AccessLine& line) {
    const double duration_ms = static_cast<double>(line.duration.count()) / 1e6;
    logger.info("request", {{"request_id", line.request_id},
                            {"method", line.method},
                            {"route", line.route},
                            {"plugin", line.plugin},
                            {"status", line.status},
                            {"duration_ms", duration_ms},
                            {"bytes", line.bytes},
                            {"outcome", name_of(line.ending)},
                            {"path", line.path.substr(0, path_bytes_max)},
                            {"peer", line.peer}});
}

}  // namespace host::http
