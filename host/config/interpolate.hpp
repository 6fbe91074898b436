#pragma once

#include <map>
#include <string>

#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

namespace host::config {

using Environment = std::map<std::string, std::string>;

// The environment of this process.
Environment process_environment();

// Replaces what scalars refer to; keys are left alone, and what comes in is not looked into again.
//   ${NAME}          the environment variable; an error if it is not set
//   ${NAME:-text}    the same, or the text if it is not set or empty
//   ${file:/path}    the content of a file (at most 64 KiB) less one newline at its end; a relative path starts at the
//                    folder of the file that says it
//   $$               a dollar sign; a dollar sign before anything else stays as it is
// An unquoted scalar is typed by what came in (`page: ${PAGE}` is an integer), a quoted one stays text. An unquoted one
// that came out empty counts as not given. Every value that came in keeps its reference, so that no message shows it.
Node interpolate(const Node& root, const Environment& environment, Problems& problems);

}  // namespace host::config
