#include "host/plugin/state.hpp"

namespace host::plugin {

std::string_view name_of(State state) {
    switch (state) {
        case State::Discovered:
            return "discovered";
        case State::Verified:
            return "verified";
        case State::Mapped:
            return "mapped";
        case State::Created:
            return "created";
        case State::Configured:
            return "configured";
        case State::Started:
            return "started";
        case State::Serving:
            return "serving";
        case State::Quiescing:
            return "quiescing";
        case State::Stopped:
            return "stopped";
        case State::Destroyed:
            return "destroyed";
        case State::Failed:
            return "failed";
    }
    return "unknown";
}

}  // namespace host::plugin
