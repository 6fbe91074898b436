#pragma once

#include <string>
#include <vector>

#include "host/config/schema.hpp"
#include "host/config/tree.hpp"

// What a schema says about one value whose type is right already, and the words for it.
namespace host::config {

// Is it written with a unit and kept as a number?
bool has_quantity(const Schema& schema);
// "an integer", "a duration such as 500ms, 30s, 2m or 1h"
std::string expectation(const Schema& schema);
// How a message names the value. What came through a reference or is secret is never shown.
std::string found(const Schema& schema, const Node& node);
// "1 item", "2 items"
std::string counted(std::size_t count, const std::string& what);

// One message for each rule that the value breaks: enum and const, bounds, length, pattern.
std::vector<std::string> broken_rules(const Schema& schema, const Node& node);

}  // namespace host::config
