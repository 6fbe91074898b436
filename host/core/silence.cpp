#include "host/core/silence.hpp"

#include <utility>

namespace host::core {

std::vector<Heartbeat> Silence::dead(const std::vector<Heartbeat>& beats, Clock::time_point now,
                                     std::chrono::milliseconds lease) {
    std::vector<Heartbeat> silent;
    std::map<std::string, Heard> heard;
    for (const Heartbeat& beat : beats) {
        const auto before = heard_.find(beat.of);
        const bool same = before != heard_.end() && before->second.lease_until_us == beat.lease_until_us;
        const Clock::time_point since = same ? before->second.since : now;
        heard.emplace(beat.of, Heard{beat.lease_until_us, since});
        if (now - since >= (beat.expired ? lease : 4 * lease)) silent.push_back(beat);
    }
    heard_ = std::move(heard);
    return silent;
}

}  // namespace host::core
