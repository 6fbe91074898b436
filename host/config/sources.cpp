#include "host/config/sources.hpp"

#include <algorithm>
#include <optional>
#include <system_error>

#include "host/config/files.hpp"
#include "host/config/yaml.hpp"

namespace host::config {

namespace {

Mark mark_of(const std::filesystem::path& file) {
    return {std::make_shared<const std::string>(file.string()), 1, 1};
}

std::optional<Node> read_yaml(const std::filesystem::path& file, Problems& problems) {
    try {
        return parse_yaml(read_file(file, yaml_bytes_max), file.string(), problems);
    } catch (const core::Error& error) {
        problems.add({}, "", error.what());
        return std::nullopt;
    }
}

// Sorted, without hidden files: editors and package managers leave those behind.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& directory, Problems& problems) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
        if (!entry->path().filename().string().starts_with('.')) files.push_back(directory / entry->path().filename());
    }
    const bool absent = error == std::errc::no_such_file_or_directory;
    if (error && !absent) problems.add({}, "", "cannot read " + directory.string() + ": " + error.message());
    std::sort(files.begin(), files.end());
    return files;
}

void add_plugin_file(const std::filesystem::path& file, Node::Map& plugins, Problems& problems) {
    const std::string id = file.stem().string();
    const Mark mark = mark_of(file);
    if (file.extension() == ".yml") problems.add(mark, "", "expected a name that ends in .yaml");
    if (file.extension() != ".yaml") return;

    const auto node = read_yaml(file, problems);
    const auto first = std::find_if(plugins.begin(), plugins.end(), [&](const Node::Member& m) { return m.key == id; });
    if (first != plugins.end()) {
        problems.add(mark, join_path("plugins", id), "is configured in " + first->mark.text() + " already");
    } else if (node) {
        plugins.push_back({id, mark, *node});
    }
}

Node with_plugins(const Node& root, Node::Map plugins) {
    Node::Map members = root.is_map() ? root.members() : Node::Map{};
    const auto found =
        std::find_if(members.begin(), members.end(), [](const Node::Member& m) { return m.key == "plugins"; });
    if (found == members.end()) {
        members.push_back({"plugins", {}, Node(std::move(plugins), {})});
    } else {
        found->value = found->value.with(std::move(plugins));
    }
    return root.with(std::move(members));
}

}  // namespace

Node read_sources(const std::filesystem::path& file, Problems& problems) {
    const Node root = read_yaml(file, problems).value_or(Node());
    const Node* written = root.find("plugins");
    Node::Map plugins = written != nullptr && written->is_map() ? written->members() : Node::Map{};
    const std::size_t in_main_file = plugins.size();
    for (const auto& plugin_file : files_of(file.parent_path() / "plugins.d", problems)) {
        add_plugin_file(plugin_file, plugins, problems);
    }
    const bool mergeable =
        (root.is_map() || root.is_null()) && (written == nullptr || written->is_map() || written->is_null());
    return mergeable && plugins.size() > in_main_file ? with_plugins(root, std::move(plugins)) : root;
}

}  // namespace host::config
