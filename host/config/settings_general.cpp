#include "host/config/settings_sections.hpp"

namespace host::config {

void add_general_settings(Settings& all) {
    Section<Config, Config> general(all, "", [](Config& config) -> Config& { return config; });
    general.add("data_directory", &Config::data_directory, "All that the host keeps: the private PostgreSQL cluster, locks");
    general.add("migrations", &Config::migrations_directories, "Directories of <owner>/NNNN_what_it_does.sql");
    general.add("reload_watch", &Config::reload_watch,
                "How long a new generation of plugins is watched after a reload before the former one ends; if a plugin "
                "falls ill meanwhile, the former one takes over again");

    Section<Config, plugin::Settings> plugins(all, "", [](Config& config) -> plugin::Settings& { return config.plugins; });
    plugins.add("plugin_directories", &plugin::Settings::directories,
                "Where <id>.so and <id>/<version>/<id>.so are looked for, in this order");
    plugins.add("plugin_start_deadline", &plugin::Settings::start_deadline,
                "A plugin that takes longer to start has failed");
    plugins.add("plugin_drain_deadline", &plugin::Settings::drain_deadline,
                "Time for requests in a plugin to end before it is stopped");
    plugins.add("plugin_unload", &plugin::Settings::unload,
                "Unmap the library of a stopped plugin; off only for sanitizers");
}

}  // namespace host::config
