#pragma once

#include <functional>
#include <string_view>

#include <gantry/abi/base.h>

// Calls into a plugin. Nothing may be thrown across the border, but a bad plugin throws: the host catches it here.
namespace host::plugin {

// Runs one call and turns what it throws into core::Error{Internal, "threw out of start(): <what>"}.
void call_plugin(std::string_view function, const std::function<void()>& call);

// As call_plugin(), for a function that answers with a status and a gantry_error: a failure becomes core::Error with the
// plugin's own message.
void call_plugin(std::string_view function, const std::function<gantry_status(gantry_error*)>& call);

}  // namespace host::plugin
