#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gantry/json.hpp>

namespace host::cli {

// For people, or for programs (--json).
enum class Output { Text, Json };

// Runs a command; what it throws becomes lines on standard error and an exit code.
int reported(const std::function<int()>& command);

// Prints rows as columns, the first row being the heading.
void print_table(const std::vector<std::vector<std::string>>& rows);

// The one shape of --json: {"command":"plugin list","gantry":"1.0.0","items":[{...}]}, and what concerns all items behind
// "items". A command that tells of one thing has one item. Names are only ever added.
void print_json(const char* command, gantry::Json items, const gantry::Json::Object& more = {});

// The rows of a table as items: names beside what stands in the columns.
gantry::Json items_of(const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows);

}  // namespace host::cli
