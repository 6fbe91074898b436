#include "host/config/overlay.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "host/config/files.hpp"
#include "host/config/plugins.hpp"
#include "host/config/view.hpp"
#include "host/config/yaml.hpp"

namespace host::config {

namespace {

namespace fs = std::filesystem;
using gantry::Json;

core::Error failed(const fs::path& path, const char* what) {
    return {core::Code::Unavailable, path.string() + ": cannot " + what + ": " + std::strerror(errno)};
}

class Descriptor {
  public:
    Descriptor(const fs::path& path, int flags, mode_t mode = 0) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (fd_ < 0) throw failed(path, "open");
    }
    ~Descriptor() { ::close(fd_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

void sync_directory(const fs::path& directory) {
    const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
    if (::fsync(opened.get()) != 0) throw failed(directory, "sync");
}

void write_whole(const fs::path& file, std::string_view text) {
    const fs::path unfinished = file.string() + ".new";
    {
        const Descriptor out(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        while (!text.empty()) {
            const ssize_t written = ::write(out.get(), text.data(), text.size());
            if (written < 0) throw failed(unfinished, "write");
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(out.get()) != 0) throw failed(unfinished, "sync");
    }
    if (::rename(unfinished.c_str(), file.c_str()) != 0) throw failed(file, "replace");
    sync_directory(file.parent_path());
}

// `plugin` as the overlay wants it: its own settings replaced, and `host.enabled`.
Node overlaid(const Node& plugin, const Node& overlay) {
    const Node* settings = overlay.find("settings");
    const Node* enabled = overlay.find("enabled");
    Node::Map members;
    if (settings != nullptr && settings->is_map()) members = settings->members();
    Node::Map host;
    if (plugin.is_map()) {
        for (const Node::Member& member : plugin.members()) {
            if (member.key == "host" && member.value.is_map())
                host = member.value.members();
            else if (settings == nullptr)
                members.push_back(member);
        }
    }
    if (enabled != nullptr) {
        std::erase_if(host, [](const Node::Member& member) { return member.key == "enabled"; });
        host.push_back({"enabled", enabled->mark(), *enabled});
    }
    if (!host.empty()) members.push_back({"host", overlay.mark(), Node(std::move(host), overlay.mark())});
    return Node(std::move(members), plugin.is_map() ? plugin.mark() : overlay.mark());
}

void check_shape(const Node& overlay, const fs::path& file, Problems& problems) {
    if (!overlay.is_map()) return problems.add(overlay.mark(), file.string(), "must be {\"enabled\":...,\"settings\":{}}");
    for (const Node::Member& member : overlay.members()) {
        if (member.key != "enabled" && member.key != "settings") problems.add(member.mark, member.key, "unknown key");
    }
}

void lay_over(Node::Map& plugins, const std::string& id, const Node& overlay) {
    const auto found = std::ranges::find(plugins, id, &Node::Member::key);
    if (found == plugins.end()) {
        plugins.push_back({id, overlay.mark(), overlaid(Node(), overlay)});
    } else {
        found->value = overlaid(found->value, overlay);
    }
}

}  // namespace

fs::path overlay_directory(const fs::path& data_directory) {
    return data_directory / "plugins.d";
}

fs::path overlay_file(const fs::path& directory, const std::string& id) {
    return directory / (id + ".json");
}

PluginOverlay read_overlay(const fs::path& directory, const std::string& id) {
    const fs::path file = overlay_file(directory, id);
    PluginOverlay overlay;
    if (!fs::exists(file)) return overlay;
    const Json json = Json::parse(read_file(file, yaml_bytes_max));
    if (const Json* enabled = json.find("enabled"); enabled != nullptr && enabled->is_bool())
        overlay.enabled = enabled->as_bool();
    if (const Json* settings = json.find("settings")) overlay.settings = *settings;
    return overlay;
}

void write_overlay(const fs::path& directory, const std::string& id, const PluginOverlay& overlay) {
    const fs::path file = overlay_file(directory, id);
    Json json = Json::object();
    if (overlay.enabled) json.set("enabled", *overlay.enabled);
    if (overlay.settings) json.set("settings", *overlay.settings);
    std::error_code ignored;
    if (json.members().empty()) {
        fs::remove(file, ignored);
        return;
    }
    fs::create_directories(directory, ignored);
    write_whole(file, json.dump_pretty() + "\n");
}

Node with_overlays(const Node& sources, const fs::path& directory, Problems& problems) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().extension() == ".json" && is_plugin_id(entry.path().stem().string())) files.push_back(entry.path());
    }
    if (files.empty()) return sources;
    std::ranges::sort(files);

    const Node* written = sources.find("plugins");
    Node::Map plugins = written != nullptr && written->is_map() ? written->members() : Node::Map{};
    for (const fs::path& file : files) {
        Problems of_text;
        const Node overlay = parse_yaml(read_file(file, yaml_bytes_max), file.string(), of_text);
        problems.add_all(of_text);
        // What cannot be read has no shape to complain of.
        if (of_text.empty()) check_shape(overlay, file, problems);
        if (overlay.is_map()) lay_over(plugins, file.stem().string(), overlay);
    }
    Node::Map members = sources.is_map() ? sources.members() : Node::Map{};
    std::erase_if(members, [](const Node::Member& member) { return member.key == "plugins"; });
    members.push_back({"plugins", {}, Node(std::move(plugins), {})});
    return sources.with(std::move(members));
}

std::string escape_references(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        escaped.push_back(c);
        if (c == '$') escaped.push_back('$');
    }
    return escaped;
}

}  // namespace host::config
