#include "host/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/view.hpp"
#include "tests/host/config/support.hpp"

namespace host::config {
namespace {

using test::errors_of;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char notes_schema[] = R"({"type": "object", "properties": {
    "page": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50, "description": "Rows fetched per round trip"},
    "token": {"type": "string", "minLength": 20}}})";

std::vector<std::string> notes_errors(std::string_view yaml, const Environment& environment = {}) {
    const Config config = parse(yaml, "gantry.yaml", environment);
    std::vector<std::string> errors;
    validate_plugin_settings(config, "notes", "1.0.0", gantry::Json::parse(notes_schema), errors);
    return errors;
}

TEST(Config, IsTheDefaultsForAnEmptyFile) {
    const Config config = parse("", "gantry.yaml", {});
    EXPECT_EQ(config.data_directory, "/var/lib/gantry");
    EXPECT_EQ(config.database.data_directory, "/var/lib/gantry");
    EXPECT_THAT(config.migrations_directories, ElementsAre("/usr/share/gantry/migrations"));
    EXPECT_THAT(config.plugins.directories, ElementsAre("/usr/lib/gantry/plugins"));
    EXPECT_THAT(config.http.listen, ElementsAre("127.0.0.1:8080"));
    EXPECT_EQ(config.http.cors.max_age, std::chrono::minutes(10));
    EXPECT_EQ(config.database.plugin_roles, database::Roles::Auto);
    EXPECT_EQ(config.database.binaries_directory, "");
    EXPECT_THAT(config.plugins.wanted, IsEmpty());
}

TEST(Config, StoresWhatIsWritten) {
    const Config config = parse(R"(
data_directory: data
migrations: [a, /b]
http:
  listen: [":80", "[::1]:81"]
  body_bytes_max: 2MiB
  idle_deadline: 2m
  access_log: false
  cors: {origins: ["https://a.example"], credentials: true, max_age: 1h}
database: {url: "postgresql://x", plugin_roles: off}
log: {level: warn, format: text, levels: {notes: debug}}
)",
                                "/etc/gantry/gantry.yaml", {});
    EXPECT_EQ(config.data_directory, "/etc/gantry/data");
    EXPECT_THAT(config.migrations_directories, ElementsAre("/etc/gantry/a", "/b"));
    EXPECT_THAT(config.http.listen, ElementsAre(":80", "[::1]:81"));
    EXPECT_EQ(config.http.body_bytes_max, 2u * 1024 * 1024);
    EXPECT_EQ(config.http.idle_deadline, std::chrono::minutes(2));
    EXPECT_FALSE(config.http.access_log);
    EXPECT_TRUE(config.http.cors.credentials);
    EXPECT_EQ(config.http.cors.max_age, std::chrono::hours(1));
    EXPECT_EQ(config.database.url, "postgresql://x");
    EXPECT_EQ(config.database.plugin_roles, database::Roles::Off);
    EXPECT_EQ(config.log.level, log::Level::Warn);
    EXPECT_EQ(config.log.format, log::Format::Text);
    EXPECT_EQ(config.log.levels.at("notes"), log::Level::Debug);
}

TEST(Config, KeepsPluginsInTheOrderWritten) {
    const Config config = parse(R"(
plugins:
  notes:
    page: 7
    host: {on_failure: closed, file: notes.so}
  hello:
  auth: {host: {enabled: false}}
)",
                                "/etc/gantry/gantry.yaml", {});
    ASSERT_EQ(config.plugins.wanted.size(), 2u);
    EXPECT_EQ(config.plugins.wanted[0].id, "notes");
    EXPECT_EQ(config.plugins.wanted[0].origin, "/etc/gantry/gantry.yaml:3:3");
    EXPECT_EQ(config.plugins.wanted[0].on_failure, plugin::OnFailure::Closed);
    EXPECT_EQ(config.plugins.wanted[0].file, "/etc/gantry/notes.so");
    EXPECT_EQ(config.plugins.wanted[1].id, "hello");
    EXPECT_EQ(config.plugins.wanted[1].file, "");
    EXPECT_EQ(to_json(config.plugin_settings.at("notes")).dump(), R"({"page":7})");
    EXPECT_EQ(config.plugin_settings.count("auth"), 0u);
}

// Ten ways in which configurations are broken, each with all that is said about it.
TEST(Config, KeepsLimitsInTheOrderWritten) {
    const Config config = parse(
        "rate_limits:\n"
        "  trusted_proxies: 10.0.0.0/8\n"
        "  rules:\n"
        "    writes: {owners: notes, methods: [POST, PUT], limit: 50, when_away: closed}\n"
        "    all: {callers: known, counts: together, each_route: true, window: 90s}\n",
        "gantry.yaml", {});
    EXPECT_THAT(config.rate_limits.trusted_proxies, ElementsAre("10.0.0.0/8"));
    ASSERT_EQ(config.rate_limits.rules.size(), 2u);
    const limits::Rule& writes = config.rate_limits.rules[0];
    EXPECT_EQ(writes.name, "writes");
    EXPECT_THAT(writes.owners, ElementsAre("notes"));
    EXPECT_THAT(writes.methods, ElementsAre("POST", "PUT"));
    EXPECT_EQ(writes.limit, 50u);
    EXPECT_EQ(writes.window, std::chrono::minutes(1));
    EXPECT_EQ(writes.when_away, limits::WhenAway::Closed);
    const limits::Rule& all = config.rate_limits.rules[1];
    EXPECT_EQ(all.callers, limits::Callers::Known);
    EXPECT_EQ(all.counts, limits::Counts::Together);
    EXPECT_TRUE(all.each_route);
    EXPECT_EQ(all.window, std::chrono::seconds(90));
}

TEST(Config, NamesALimitThatIsNone) {
    const auto errors = [](const char* rule) { return errors_of(std::string("rate_limits: {rules: {") + rule + "}}"); };
    EXPECT_THAT(errors("a: {limit: 0}"), ElementsAre(HasSubstr("rate_limits.rules.a.limit")));
    EXPECT_THAT(errors("a: {window: 40d}"), ElementsAre(HasSubstr("rate_limits.rules.a.window")));
    EXPECT_THAT(errors("a: {methods: post}"), ElementsAre(HasSubstr("rate_limits.rules.a.methods")));
    EXPECT_THAT(errors("a: {rutes: /x}"), ElementsAre(HasSubstr("routes")));
    EXPECT_THAT(errors("'A b': {}"), ElementsAre(HasSubstr("a rule's name is")));
}

TEST(Config, NamesAnUnknownKey) {
    EXPECT_THAT(errors_of("http:\n  lisen: ':80'\n"),
                ElementsAre("gantry.yaml:2:3: http.lisen: unknown key, did you mean 'listen'?"));
    EXPECT_THAT(errors_of("htpp: {}\n"), ElementsAre("gantry.yaml:1:1: htpp: unknown key, did you mean 'http'?"));
}

TEST(Config, NamesAValueOutOfRange) {
    EXPECT_THAT(errors_of("database:\n  connections: 0\n"),
                ElementsAre("gantry.yaml:2:16: database.connections: 0 is less than 1 (\"Connections to the server\")"));
}

TEST(Config, NamesAValueOfTheWrongType) {
    EXPECT_THAT(
        errors_of("http:\n  access_log: yes\n"),
        ElementsAre(
            "gantry.yaml:2:15: http.access_log: expected true or false, found yes (\"One log line for each request\")"));
}

TEST(Config, NamesAWordThatIsNone) {
    EXPECT_THAT(errors_of("log:\n  level: verbose\n"),
                ElementsAre("gantry.yaml:2:10: log.level: expected one of trace, debug, info, warn, error, found verbose "
                            "(\"The least that is written\")"));
}

TEST(Config, NamesADuplicateKey) {
    EXPECT_THAT(errors_of("log:\n  level: info\n  level: warn\n"),
                ElementsAre("gantry.yaml:3:3: log.level: stands twice, first at gantry.yaml:2:3"));
}

TEST(Config, NamesAMissingVariable) {
    EXPECT_THAT(errors_of("database:\n  url: ${DATABASE_URL}\n"),
                ElementsAre("gantry.yaml:2:8: database.url: the environment variable DATABASE_URL is not set"));
}

TEST(Config, NamesAnAddressThatIsNone) {
    EXPECT_THAT(
        errors_of("http:\n  listen: [':80', localhost]\n"),
        ElementsAre("gantry.yaml:2:19: http.listen[1]: expected an address such as 127.0.0.1:8080, [::1]:8080, :8080, "
                    "https://:8443 or unix:/run/gantry/http.sock, found localhost"));
}

TEST(Config, TlsNeedsAnAddressAndCertificatesTogether) {
    const Config config =
        parse("http: {listen: [':80', 'https://:443'], tls: {certificates: a.pem, keys: [/b.key], hsts: 0}}",
              "/etc/gantry/gantry.yaml", {});
    EXPECT_THAT(config.http.listen, ElementsAre(":80", "https://:443"));
    EXPECT_THAT(config.http.tls.certificates, ElementsAre("/etc/gantry/a.pem"));
    EXPECT_THAT(config.http.tls.keys, ElementsAre("/b.key"));
    EXPECT_EQ(config.http.tls.client_certificate, http::ClientCertificate::Required);
    EXPECT_EQ(config.http.tls.hsts.count(), 0);
    EXPECT_THAT(errors_of("http: {listen: 'https://:443'}"),
                ElementsAre("gantry.yaml:1:16: http.listen: an https:// address needs http.tls.certificates"));
    EXPECT_THAT(
        errors_of("http: {tls: {certificates: a.pem}}"),
        ElementsAre("gantry.yaml:1:28: http.tls.certificates: no address of http.listen begins with https://, so they "
                    "would serve nobody"));
    EXPECT_THAT(
        errors_of("http: {listen: 'https://:443', tls: {certificates: [a, b], keys: [c]}}"),
        ElementsAre("gantry.yaml:1:66: http.tls.keys: expected a file for each of http.tls.certificates, found 1 for 2"));
    EXPECT_THAT(errors_of("http: {listen: ['https://:1', 'https://unix:/run/x'], tls: {certificates: [a]}}"),
                testing::SizeIs(1));
}

TEST(Config, NamesADurationWithoutUnit) {
    EXPECT_THAT(
        errors_of("http:\n  idle_deadline: 60\n"),
        ElementsAre("gantry.yaml:2:18: http.idle_deadline: expected a duration such as 500ms, 30s, 2m or 1h, found 60 "
                    "(\"Without a request on an open connection\")"));
}

TEST(Config, NamesBrokenYaml) {
    EXPECT_THAT(errors_of("http:\n  listen: [':80'\nlog: {}\n"), ElementsAre(HasSubstr("gantry.yaml:3:")));
    EXPECT_THAT(errors_of("- http\n"), ElementsAre("gantry.yaml:1:1: expected a map of settings, found a list"));
}

TEST(Config, NamesPluginIdsThatCannotBe) {
    const auto lines =
        errors_of("plugins:\n  Notes: {}\n  pg_x: {}\n  gantry: {}\n  host: {}\n  a23456789012345678901234567890123: {}\n");
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_THAT(lines[0], HasSubstr("gantry.yaml:2:3: plugins.Notes: a plugin's id is"));
    EXPECT_THAT(errors_of("plugins:\n  notes:\n    host: {on_failur: closed}\n"),
                ElementsAre("gantry.yaml:3:12: plugins.notes.host.on_failur: unknown key, did you mean 'on_failure'?"));
}

TEST(Config, ReportsAllOfThemAtOnceInTheOrderOfTheFile) {
    EXPECT_THAT(errors_of("http:\n  workers: many\n  listen: ${L}\nlog: {level: 5, level: info}\nplugins:\n  X:\n"),
                ElementsAre(HasSubstr(":2:12: http.workers"), HasSubstr(":3:11: http.listen"), HasSubstr(":4:14: log.level"),
                            HasSubstr(":4:17: log.level"), HasSubstr(":6:3: plugins.X")));
}

TEST(Config, RefusesCredentialsForEveryOrigin) {
    EXPECT_THAT(
        errors_of("http:\n  cors:\n    origins: \"*\"\n    credentials: true\n"),
        ElementsAre(
            "gantry.yaml:4:18: http.cors.credentials: not allowed while http.cors.origins is \"*\": name the origins"));
    EXPECT_THAT(errors_of("http: {cors: {origins: ['*', 'https://a.example']}}\n"),
                ElementsAre("gantry.yaml:1:25: http.cors.origins: \"*\" stands alone or not at all"));
    EXPECT_THAT(errors_of("http: {cors: {origins: '*'}}\n"), IsEmpty());
}

TEST(Config, LeavesAKeyOutWhoseReferenceIsEmpty) {
    EXPECT_EQ(parse("database:\n  url: ${DATABASE_URL:-}\n", "gantry.yaml", {}).database.url, "");
    EXPECT_EQ(parse("database:\n  connections: ${N:-}\n", "gantry.yaml", {}).database.connections, 4u);
}

TEST(Config, LetsTheEnvironmentOverride) {
    const Environment environment{{"GANTRY_HTTP_LISTEN", ":1, :2"},
                                  {"GANTRY_DATA_DIRECTORY", "/data"},
                                  {"GANTRY_LOG_LEVEL", "debug"},
                                  {"GANTRY_HTTP_CORS_MAX_AGE", "1m"},
                                  {"GANTRY_DATABASE_URL", "postgresql://a:$x@b"},
                                  {"GANTRY_HTTP_WORKERS", ""}};
    const Config config =
        parse("http: {listen: ':9', workers: 3}\ndatabase:\n  url: ${MISSING}\n", "gantry.yaml", environment);
    EXPECT_THAT(config.http.listen, ElementsAre(":1", ":2"));
    EXPECT_EQ(config.http.workers, 3u);
    EXPECT_EQ(config.data_directory, "/data");
    EXPECT_EQ(config.log.level, log::Level::Debug);
    EXPECT_EQ(config.http.cors.max_age, std::chrono::seconds(60));
    EXPECT_EQ(config.database.url, "postgresql://a:$x@b");
}

TEST(Config, NamesTheVariableThatIsWrong) {
    EXPECT_THAT(
        errors_of("", {{"GANTRY_DATABASE_CONNECTIONS", "many"}}),
        ElementsAre(
            "GANTRY_DATABASE_CONNECTIONS: database.connections: expected an integer, found many (\"Connections to the server\")"));
    EXPECT_THAT(errors_of("", {{"GANTRY_HTTP_LISTN", ":1"}}),
                ElementsAre("GANTRY_HTTP_LISTN: overrides no setting, did you mean 'GANTRY_HTTP_LISTEN'?"));
    EXPECT_THAT(errors_of("", {{"GANTRY_TEAM", "x"}}), IsEmpty());
    EXPECT_THAT(errors_of("database:\n  url: ${GANTRY_DATABASE_URI}\n", {{"GANTRY_DATABASE_URI", "postgresql://x"}}),
                IsEmpty());
}

TEST(Config, ShowsNoSecretInAnyMessage) {
    const Environment environment{{"SECRET", "hunter2"}, {"GANTRY_DATABASE_URL", "hunter2\x01"}};
    const auto host = errors_of(
        "http:\n  workers: ${SECRET}\n  listen: ${SECRET}\nlog:\n  level: ${SECRET}\nmigrations: x${SECRET}\n", environment);
    EXPECT_THAT(host, Contains("gantry.yaml:2:12: http.workers: expected an integer, found the value of ${SECRET} "
                               "(\"Event loops; 0 is one a core, at most 4\")"));
    EXPECT_THAT(host, Not(Contains(HasSubstr("hunter2"))));
    EXPECT_EQ(host.size(), 4u);

    EXPECT_THAT(
        notes_errors("plugins:\n  notes:\n    token: a${SECRET}\n    page: ${SECRET}\n", {{"SECRET", "hunter2"}}),
        ElementsAre(
            "gantry.yaml:3:12: plugins.notes.token: the value of ${SECRET} has 8 characters, fewer than 20 (notes 1.0.0)",
            "gantry.yaml:4:11: plugins.notes.page: expected an integer, found the value of ${SECRET} "
            "(notes 1.0.0, \"Rows fetched per round trip\")"));
}

TEST(PluginSettings, AreCheckedAgainstThePluginsSchema) {
    EXPECT_THAT(
        notes_errors("plugins:\n  notes:\n    page: 5000\n    pgae: 1\n"),
        ElementsAre(
            "gantry.yaml:3:11: plugins.notes.page: 5000 is more than 1000 (notes 1.0.0, \"Rows fetched per round trip\")",
            "gantry.yaml:4:5: plugins.notes.pgae: unknown key, did you mean 'page'? (notes 1.0.0)"));
}

TEST(PluginSettings, AreCompletedWithDefaults) {
    const Config config = parse("plugins:\n  notes:\n", "gantry.yaml", {});
    std::vector<std::string> errors;
    const Node settings = validate_plugin_settings(config, "notes", "1.0.0", gantry::Json::parse(notes_schema), errors);
    EXPECT_THAT(errors, IsEmpty());
    EXPECT_EQ(to_json(settings).dump(), R"({"page":50})");
}

TEST(PluginSettings, AreRefusedWhereThereIsNoSchema) {
    const Config config = parse("plugins:\n  hello:\n    greeting: Hi\n", "gantry.yaml", {});
    for (const gantry::Json& schema : {gantry::Json(), gantry::Json::object()}) {
        std::vector<std::string> errors;
        validate_plugin_settings(config, "hello", "1.0.0", schema, errors);
        EXPECT_THAT(errors, ElementsAre("gantry.yaml:3:5: plugins.hello.greeting: unknown key (hello 1.0.0)"));
    }
}

TEST(PluginSettings, NameAFaultySchema) {
    const Config config = parse("plugins:\n  hello:\n", "gantry.yaml", {});
    std::vector<std::string> errors;
    validate_plugin_settings(config, "hello", "1.0.0", gantry::Json::object({{"type", "objekt"}}), errors);
    EXPECT_THAT(
        errors,
        ElementsAre(HasSubstr("gantry.yaml:2:3: plugins.hello: the schema of hello 1.0.0 is faulty: /type: expected")));
}

}  // namespace
}  // namespace host::config
