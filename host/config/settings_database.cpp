#include "host/config/settings_sections.hpp"

namespace host::config {

template <>
const std::vector<std::string> words_of<database::Roles>{"auto", "on", "off"};

void add_database_settings(Settings& all) {
    using Database = database::Settings;
    Section<Config, Database> database(all, "database", [](Config& config) -> Database& { return config.database; });
    database.add("url", &Database::url, "A PostgreSQL server; empty is a private one below data_directory",
                 {{"x-secret", true}, {"pattern", "^$|^postgres(ql)?://|="}});
    database.add("binaries_directory", &Database::binaries_directory,
                 "Of PostgreSQL's initdb and postgres; without it they are found");
    database.add("connections", &Database::connections, "Connections to the server", {{"minimum", 1}, {"maximum", 1000}});
    database.add("queue_max", &Database::queue_max, "Operations that wait for a connection; above it 503",
                 {{"minimum", 1}, {"maximum", 1'000'000}});
    database.add("connect_deadline", &Database::connect_deadline, "For one attempt to connect");
    database.add("queue_deadline", &Database::queue_deadline, "For an operation to get a connection");
    database.add("statement_deadline", &Database::statement_deadline, "For one statement on the server");
    database.add("transaction_idle_deadline", &Database::transaction_idle_deadline,
                 "A transaction left alone this long is rolled back");
    database.add("result_bytes_max", &Database::result_bytes_max, "The rows of one query; larger ones are read in pages",
                 {{"format", "bytes"}, {"minimum", 64 * 1024}, {"maximum", 4ll * 1024 * 1024 * 1024}});
    database.add("plugin_roles", &Database::plugin_roles, "A role for each plugin; auto is where the server permits it");
}

}  // namespace host::config
