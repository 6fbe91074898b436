#include "host/config/settings_sections.hpp"

namespace host::config {

template <>
const std::vector<std::string> words_of<log::Level>{"trace", "debug", "info", "warn", "error"};
template <>
const std::vector<std::string> words_of<log::Format>{"json", "text"};

void add_log_settings(Settings& all) {
    Section<Config, log::Settings> log(all, "log", [](Config& config) -> log::Settings& { return config.log; });
    log.add("level", &log::Settings::level, "The least that is written");
    log.add("format", &log::Settings::format, "json is one object a line, text is for people");
    log.add("levels", &log::Settings::levels, "A level of its own for a plugin or a part of the host, such as notes: debug");
}

}  // namespace host::config
