#pragma once

#include <map>
#include <string>

namespace host::log {

enum class Level { Trace, Debug, Info, Warn, Error };
enum class Format { Json, Text };

struct Settings {
    Level level = Level::Info;
    Format format = Format::Json;
    // Owner ("notes", "http") to its own level.
    std::map<std::string, Level> levels;
};

}  // namespace host::log
