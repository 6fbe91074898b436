#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/problems.hpp"
#include "host/config/validate.hpp"
#include "host/config/yaml.hpp"

namespace host::config::test {

// The lines of the errors that a text gives; empty if it is fine.
inline std::vector<std::string> errors_of(std::string_view yaml, const Environment& environment = {}) {
    try {
        parse(yaml, "gantry.yaml", environment);
    } catch (const ConfigErrors& errors) {
        return errors.lines();
    }
    return {};
}

inline std::vector<std::string> yaml_errors_of(std::string_view yaml) {
    Problems problems;
    parse_yaml(yaml, "a.yaml", problems);
    return problems.lines();
}

inline Node tree_of(std::string_view yaml) {
    Problems problems;
    Node node = parse_yaml(yaml, "a.yaml", problems);
    problems.throw_if_any();
    return node;
}

// A value of "v" against its own schema.
inline std::vector<std::string> value_errors(const std::string& schema, std::string_view yaml) {
    const auto document = gantry::Json::parse(R"({"type": "object", "properties": {"v": )" + schema + "}}");
    Problems problems;
    validate(Schema::parse(document), tree_of(yaml), Where{}, problems);
    return problems.lines();
}

}  // namespace host::config::test
