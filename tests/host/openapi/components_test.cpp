#include "host/openapi/components.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::openapi {
namespace {

using gantry::Json;

std::string schemas_of(Components components) {
    const Json all = std::move(components).json();
    const Json* schemas = all.find("schemas");
    return schemas != nullptr ? schemas->dump() : "";
}

TEST(Components, LeaveASchemaWithoutDefinitionsInItsPlace) {
    Components components;
    EXPECT_EQ(components.adopt(R"({"type":"object"})", "notes", "show_response").dump(), R"({"type":"object"})");
    EXPECT_EQ(schemas_of(std::move(components)), "");
}

TEST(Components, LiftDefinitionsAndWhatRefersToThem) {
    Components components;
    const Json page = components.adopt(R"({"items":{"$ref":"#/$defs/Note"},"$defs":{
        "Note":{"properties":{"parent":{"$ref":"#/$defs/Note/properties/id"},"id":{"$ref":"#/definitions/Id"}}}},
        "definitions":{"Id":{"type":"string"}}})",
                                       "notes", "list_response");
    EXPECT_EQ(page.dump(), R"({"items":{"$ref":"#/components/schemas/notes_Note"}})");
    EXPECT_EQ(schemas_of(std::move(components)), R"({"notes_Id":{"type":"string"},"notes_Note":{"properties":{)"
                                                 R"("parent":{"$ref":"#/components/schemas/notes_Note/properties/id"},)"
                                                 R"("id":{"$ref":"#/components/schemas/notes_Id"}}}})");
}

TEST(Components, ShareADefinitionThatMeansTheSame) {
    Components components;
    const std::string schema = R"({"$ref":"#/$defs/Note","$defs":{"Note":{"type":"object"}}})";
    EXPECT_EQ(components.adopt(schema, "notes", "a"), components.adopt(schema, "notes", "b"));
    EXPECT_EQ(schemas_of(std::move(components)), R"({"notes_Note":{"type":"object"}})");
}

TEST(Components, KeepDefinitionsOfOneNameButAnotherMeaningApart) {
    Components components;
    components.adopt(R"({"$ref":"#/$defs/Note","$defs":{"Note":{"type":"object"}}})", "notes", "a");
    EXPECT_EQ(components.adopt(R"({"$ref":"#/$defs/Note","$defs":{"Note":{"type":"string"}}})", "notes", "b").dump(),
              R"({"$ref":"#/components/schemas/notes_Note_2"})");
    EXPECT_EQ(components.adopt(R"({"$ref":"#/$defs/Note","$defs":{"Note":{"type":"string"}}})", "billing", "c").dump(),
              R"({"$ref":"#/components/schemas/billing_Note"})");
}

TEST(Components, LiftASchemaThatRefersToItself) {
    Components components;
    const Json tree =
        components.adopt(R"({"properties":{"children":{"items":{"$ref":"#"}},"first":{"$ref":"#/properties/children"}}})",
                         "notes", "tree_response");
    EXPECT_EQ(tree.dump(), R"({"$ref":"#/components/schemas/notes_tree_response"})");
    EXPECT_EQ(
        schemas_of(std::move(components)),
        R"({"notes_tree_response":{"properties":{"children":{"items":{"$ref":"#/components/schemas/notes_tree_response"}},)"
        R"("first":{"$ref":"#/components/schemas/notes_tree_response/properties/children"}}}})");
}

TEST(Components, TakeOnlyReferencesForReferences) {
    Components components;
    const std::string schema = R"({"properties":{"$ref":{"type":"string"},"default":{"$ref":"https://example.org/s.json"}},)"
                               R"("default":{"$ref":"#/$defs/X"},"enum":[{"$ref":"#"}]})";
    EXPECT_EQ(components.adopt(schema, "notes", "odd").dump(), schema);
}

TEST(Components, ReadEscapesInReferences) {
    Components components;
    const Json made = components.adopt(R"({"$ref":"#/$defs/a~1b~0c","$defs":{"a/b~c":{"type":"null"}}})", "notes", "x");
    EXPECT_EQ(made.dump(), R"({"$ref":"#/components/schemas/notes_a_b_c"})");
}

TEST(Components, RefuseWhatIsNoSchema) {
    Components components;
    EXPECT_THROW(components.adopt("{", "notes", "x"), core::Error);
    EXPECT_THROW(components.adopt("[]", "notes", "x"), core::Error);
}

}  // namespace
}  // namespace host::openapi
