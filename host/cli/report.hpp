#pragma once

#include <functional>
#include <string>
#include <vector>

namespace host::cli {

// Runs a command; what it throws becomes lines on standard error and an exit code.
int reported(const std::function<int()>& command);

// Prints rows as columns, the first row being the heading.
void print_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace host::cli
