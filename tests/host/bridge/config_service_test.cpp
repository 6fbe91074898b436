#include "host/bridge/config_service.hpp"

#include <gtest/gtest.h>

#include "host/bridge/text.hpp"

namespace host::bridge {
namespace {

class ConfigService : public testing::Test {
  protected:
    ConfigView view_{gantry::Json::parse(R"({"page":50,"ratio":0.5,"on":true,"name":"a","a/b~c":{"list":["x","y"]}})"),
                     [](std::string_view pointer) -> std::optional<Origin> {
                         if (pointer == "/page") return Origin{"gantry.yaml", 41, 13};
                         return std::nullopt;
                     }};
    const gantry_config* config_ = view_.abi();
};

TEST_F(ConfigService, FindsWhatStandsAtAPointer) {
    std::int64_t page = 0;
    EXPECT_EQ(config_->integer(config_, str("/page"), &page), GANTRY_OK);
    EXPECT_EQ(page, 50);
    gantry_str item{};
    EXPECT_EQ(config_->text(config_, str("/a~1b~0c/list/1"), &item), GANTRY_OK);
    EXPECT_EQ(view(item), "y");
    double ratio = 0;
    EXPECT_EQ(config_->real(config_, str("/page"), &ratio), GANTRY_OK) << "an integer is a number";
    EXPECT_EQ(ratio, 50.0);
    std::uint32_t count = 0;
    EXPECT_EQ(config_->count(config_, str(""), &count), GANTRY_OK);
    EXPECT_EQ(count, 5u);
}

TEST_F(ConfigService, TellsAbsenceFromAnotherTypeAndLeavesTheOutputAlone) {
    std::int64_t number = 7;
    EXPECT_EQ(config_->integer(config_, str("/none"), &number), GANTRY_E_NOT_FOUND);
    EXPECT_EQ(config_->integer(config_, str("/name"), &number), GANTRY_E_INVALID);
    EXPECT_EQ(config_->integer(config_, str("/a~1b~0c/list/2"), &number), GANTRY_E_NOT_FOUND);
    EXPECT_EQ(config_->integer(config_, str("/a~1b~0c/list/x"), &number), GANTRY_E_NOT_FOUND);
    EXPECT_EQ(config_->integer(config_, str("page"), &number), GANTRY_E_INVALID) << "no pointer begins without a slash";
    EXPECT_EQ(number, 7);
}

TEST_F(ConfigService, HandsOutSubtreesAsJson) {
    gantry_str json{};
    EXPECT_EQ(config_->json(config_, str("/a~1b~0c"), &json), GANTRY_OK);
    EXPECT_EQ(view(json), R"({"list":["x","y"]})");
}

TEST_F(ConfigService, SaysWhereASettingWasWritten) {
    gantry_str file{};
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    EXPECT_EQ(config_->origin(config_, str("/page"), &file, &line, &column), GANTRY_OK);
    EXPECT_EQ(view(file), "gantry.yaml");
    EXPECT_EQ(line, 41u);
    EXPECT_EQ(column, 13u);
    EXPECT_EQ(config_->origin(config_, str("/name"), &file, &line, &column), GANTRY_E_NOT_FOUND);
}

}  // namespace
}  // namespace host::bridge
