#include "host/config/problems.hpp"

#include <algorithm>
#include <tuple>

namespace host::config {

namespace {

constexpr std::size_t lines_max = 100;

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines)
        out += (out.empty() ? "" : "\n") + line;
    return out;
}

auto place(const Mark& mark) {
    return std::tuple(mark.written() ? std::string_view(*mark.file) : std::string_view(), mark.line, mark.column);
}

}  // namespace

void Problems::add(const Mark& mark, std::string_view path, std::string_view message) {
    std::string text = mark.written() ? mark.text() + ": " : "";
    if (!path.empty()) text += std::string(path) + ": ";
    found_.push_back({mark, text.append(message)});
}

bool Problems::crowded() const {
    return found_.size() > lines_max;
}

std::vector<std::string> Problems::lines() const {
    std::vector<const Problem*> ordered;
    for (const Problem& problem : found_)
        ordered.push_back(&problem);
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const Problem* a, const Problem* b) { return place(a->mark) < place(b->mark); });
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < std::min(ordered.size(), lines_max); ++i)
        lines.push_back(ordered[i]->text);
    if (ordered.size() > lines_max) lines.push_back("and " + std::to_string(ordered.size() - lines_max) + " more");
    return lines;
}

void Problems::throw_if_any() const {
    if (!empty()) throw ConfigErrors(lines());
}

ConfigErrors::ConfigErrors(std::vector<std::string> lines)
    : core::Error(core::Code::InvalidArgument, joined(lines)), lines_(std::move(lines)) {}

}  // namespace host::config
