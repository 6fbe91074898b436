#include "host/cli/report.hpp"

#include <algorithm>
#include <exception>
#include <iostream>

#include "host/cli/command_line.hpp"
#include "host/config/problems.hpp"
#include "host/core/error.hpp"
#include "host/core/version.hpp"

namespace host::cli {

int reported(const std::function<int()>& command) {
    try {
        const int code = command();
        std::cout.flush();
        // A full disk or a closed pipe must not look like success.
        return std::cout.good() ? code : Failed;
    } catch (const config::ConfigErrors& errors) {
        for (const std::string& line : errors.lines())
            std::cerr << line << '\n';
        return WrongConfig;
    } catch (const std::exception& error) {
        std::cerr << "gantry: " << error.what() << '\n';
        return Failed;
    }
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
        }
        while (!line.empty() && line.back() == ' ')
            line.pop_back();
        std::cout << line << '\n';
    }
}

void print_json(const char* command, gantry::Json items, const gantry::Json::Object& more) {
    gantry::Json document =
        gantry::Json::object({{"command", command}, {"gantry", core::version()}, {"items", std::move(items)}});
    for (const auto& [name, value] : more)
        document.set(name, value);
    std::cout << document.dump_pretty() << '\n';
}

gantry::Json items_of(const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows) {
    gantry::Json items = gantry::Json::array();
    for (const std::vector<std::string>& row : rows) {
        gantry::Json item = gantry::Json::object();
        for (std::size_t i = 0; i < row.size(); ++i)
            item.set(names[i], row[i]);
        items.push(std::move(item));
    }
    return items;
}

}  // namespace host::cli
