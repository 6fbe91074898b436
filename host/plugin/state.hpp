#pragma once

#include <string_view>

namespace host::plugin {

// Where a plugin stands in its life. Failed is final; the reason stands beside it.
enum class State {
    Discovered,  // a file, not enabled
    Verified,
    Mapped,
    Created,
    Configured,
    Started,
    Serving,
    Quiescing,
    Stopped,
    Destroyed,
    Failed,
};

// "serving"
std::string_view name_of(State state);

}  // namespace host::plugin
