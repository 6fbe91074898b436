#include "host/bridge/log_service.hpp"

#include <algorithm>
#include <vector>

#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"
#include "host/core/current_request.hpp"

namespace host::bridge {

namespace {

log::Level level_of(std::int32_t level) {
    return static_cast<log::Level>(std::clamp<std::int32_t>(level, GANTRY_LOG_TRACE, GANTRY_LOG_ERROR));
}

void write(const gantry_host* host, std::int32_t level, gantry_str message, const gantry_pair* pairs, std::uint32_t count) {
    guarded(nullptr, [&] {
        std::vector<log::Field> fields;
        fields.reserve(count + 1);
        for (std::uint32_t i = 0; i < count; ++i)
            fields.emplace_back(view(pairs[i].name), view(pairs[i].value));
        const std::string_view request = core::CurrentRequest::id();
        const auto tells_request = [](const log::Field& field) { return field.name == "request_id"; };
        if (!request.empty() && std::ranges::none_of(fields, tells_request)) fields.emplace_back("request_id", request);
        HostTable::of(host).logger().write(level_of(level), view(message), fields);
        return GANTRY_OK;
    });
}

std::int32_t enabled(const gantry_host* host, std::int32_t level) {
    return HostTable::of(host).logger().enabled(level_of(level)) ? 1 : 0;
}

}  // namespace

const gantry_log& log_table() {
    static const gantry_log table = {sizeof(gantry_log), 0, write, enabled};
    return table;
}

}  // namespace host::bridge
