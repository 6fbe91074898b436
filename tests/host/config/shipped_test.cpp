// The files that we ship stay true: they load, and what their comments show is what the code does.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/config.hpp"
#include "host/config/reference.hpp"
#include "host/config/settings.hpp"
#include "host/config/validate.hpp"
#include "host/config/view.hpp"
#include "host/config/yaml.hpp"

namespace host::config {
namespace {

const std::filesystem::path folder = std::filesystem::path(GANTRY_SOURCE_DIRECTORY) / "config";

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// "#workers: 0" is a setting shown with its default, "# words" are words.
std::string uncommented(const std::string& text) {
    std::string out;
    bool comment = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool shows_setting =
            text[i] == '#' && !comment && i + 1 < text.size() && text[i + 1] != ' ' && text[i + 1] != '\n';
        if (!shows_setting) out += text[i];
        comment = text[i] != '\n' && (comment || text[i] == '#');
    }
    return out;
}

Node completed(const Node& node) {
    Problems problems;
    Node tree = validate(Schema::parse(host_schema()), node, Where{}, problems);
    problems.throw_if_any();
    return tree;
}

TEST(ShippedConfiguration, OfProductionIsTheDefaults) {
    const Config config = load(folder / "gantry.yaml", {});
    EXPECT_EQ(config.data_directory, Config().data_directory);
    EXPECT_TRUE(config.plugins.wanted.empty());
}

TEST(ShippedConfiguration, ShowsEverySettingWithItsDefault) {
    Problems problems;
    const Node shown = parse_yaml(uncommented(content_of(folder / "gantry.yaml")), "gantry.yaml", problems);
    problems.throw_if_any();
    const Node with_shown = completed(shown);
    const Node defaults = completed(Node());
    for (const auto& setting : settings()) {
        const auto path = split_path(setting.path);
        const Node* value = find_path(defaults, path);
        // What has no default is explained in words.
        if (value == nullptr) {
            EXPECT_NE(content_of(folder / "gantry.yaml").find(path.back()), std::string::npos) << setting.path;
            continue;
        }
        ASSERT_NE(find_path(shown, path), nullptr) << setting.path << " is not shown";
        EXPECT_EQ(to_json(*find_path(with_shown, path)).dump(), to_json(*value).dump()) << setting.path;
    }
}

TEST(ShippedConfiguration, OfDevelopersStaysInTheRepository) {
    const Config config = load(folder / "gantry.dev.yaml", {});
    const std::filesystem::path root = std::filesystem::path(GANTRY_SOURCE_DIRECTORY).lexically_normal();
    EXPECT_EQ(config.data_directory, root / "run/dev");
    EXPECT_THAT(config.plugins.directories, testing::ElementsAre(root / "build/release/plugins"));
    EXPECT_THAT(config.migrations_directories, testing::ElementsAre(root / "migrations"));
    EXPECT_EQ(config.log.format, log::Format::Text);
    ASSERT_EQ(config.plugins.wanted.size(), 2u);
    EXPECT_EQ(config.plugins.wanted[1].id, "notes");
}

TEST(Reference, DescribesEverySetting) {
    const std::string table = settings_markdown();
    for (const auto& setting : settings()) {
        EXPECT_NE(table.find("| `" + setting.path + "` |"), std::string::npos) << setting.path;
        EXPECT_FALSE(setting.schema.find("description")->as_string().empty()) << setting.path;
    }
    EXPECT_NE(table.find("| `http.body_bytes_max` | bytes | `1MiB` | `GANTRY_HTTP_BODY_BYTES_MAX` |"), std::string::npos);
    EXPECT_NE(table.find("| `http.idle_deadline` | duration | `1m` |"), std::string::npos);
}

TEST(Reference, SaysToEditorsWhatIsWrittenNotWhatItBecomes) {
    const gantry::Json schema = json_schema();
    const gantry::Json& http = *schema.find("properties")->find("http")->find("properties");
    EXPECT_EQ(http.find("idle_deadline")->find("type")->as_string(), "string");
    EXPECT_EQ(http.find("idle_deadline")->find("default")->as_string(), "1m");
    EXPECT_EQ(http.find("listen")->find("anyOf")->items().size(), 2u);
    EXPECT_EQ(schema.dump().find("x-one-or-many"), std::string::npos);
    EXPECT_NE(schema.dump().find("\"on_failure\""), std::string::npos);
}

}  // namespace
}  // namespace host::config
