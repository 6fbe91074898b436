#include "host/app/plugin_control.hpp"

#include <algorithm>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "host/app/plugin_settings.hpp"
#include "host/core/error.hpp"
#include "host/plugin/inspection.hpp"

namespace host::app {

using gantry::Json;

namespace {

Json array_of(const std::vector<std::string>& words) {
    Json array = Json::array();
    for (const std::string& word : words)
        array.push(word);
    return array;
}

Json line_of(const plugin::Status& status) {
    Json line = Json::object({{"id", status.id},
                              {"version", status.version},
                              {"enabled", status.enabled},
                              {"state", status.enabled ? std::string(plugin::name_of(status.state)) : "available"},
                              {"summary", status.summary}});
    if (!status.problem.empty()) line.set("problem", status.problem);
    return line;
}

std::string_view name_of(plugin::Health::Level level) {
    switch (level) {
        case plugin::Health::Level::Ok:
            return "ok";
        case plugin::Health::Level::Degraded:
            return "degraded";
        case plugin::Health::Level::Failed:
            break;
    }
    return "failed";
}

// What was refused came with the request. Its place in `file`, which has been put back, would lead nobody to it, and a
// client needs to know no paths of the host: "<file>:3:5: plugins.notes.page: ..." becomes "plugins.notes.page: ...".
void forget_place(std::vector<std::string>& problems, const std::string& file) {
    for (std::string& problem : problems) {
        if (!problem.starts_with(file)) continue;
        const std::size_t end = problem.find(": ", file.size());
        if (end != std::string::npos) problem.erase(0, end + 2);
    }
}

}  // namespace

class PluginControl::Turn {
  public:
    Turn(core::Locked<std::string>& under_way, std::string what) : under_way_(under_way) {
        const std::string other = under_way_.with([&](std::string& present) {
            if (!present.empty()) return present;
            present = std::move(what);
            return std::string();
        });
        if (!other.empty())
            throw core::Error(core::Code::Conflict, other + " is under way: one at a time, ask again when it has ended");
    }
    ~Turn() {
        under_way_.with([](std::string& present) { present.clear(); });
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    core::Locked<std::string>& under_way_;
};

plugin::Status PluginControl::status_of(const std::string& id) const {
    auto all = plugins_.list();
    const auto found = std::ranges::find(all, id, &plugin::Status::id);
    if (found == all.end()) throw core::Error(core::Code::NotFound, "there is no plugin " + id);
    return std::move(*found);
}

std::size_t PluginControl::endpoints_of(const std::string& id) const {
    const auto table = pipeline_.table();
    if (!table) return 0;
    return static_cast<std::size_t>(std::ranges::count(table->routes(), id, &http::Route::owner));
}

std::vector<Json> PluginControl::list() {
    std::vector<Json> lines;
    for (const plugin::Status& status : plugins_.list()) {
        Json& line = lines.emplace_back(line_of(status));
        line.set("endpoints", static_cast<std::int64_t>(endpoints_of(status.id)));
    }
    return lines;
}

Json PluginControl::details(const std::string& id) {
    const plugin::Status status = status_of(id);
    Json details = line_of(status);
    details.set("file", status.file.string());
    details.set("sha256", status.sha256);
    details.set("services", array_of(status.services));
    details.set("requires", array_of(status.requires_plugins));
    Json registrations = Json::array();
    for (const plugin::Ledger::Entry& entry : status.registrations)
        registrations.push(Json::object({{"kind", entry.kind}, {"description", entry.description}}));
    details.set("registrations", std::move(registrations));
    return details;
}

Json PluginControl::config(const std::string& id) {
    const plugin::Status status = status_of(id);
    const auto hosting = reloader_.serving();
    const auto description = hosting->descriptions.find(id);
    if (description == hosting->descriptions.end())
        throw core::Error(core::Code::NotFound, "the plugin " + id + " is not enabled: only its code knows its settings");
    const Json schema = schema_of(description->second);
    const config::Node settings = settings_of(hosting->config, id, status.version, description->second);
    return Json::object({{"settings", masked(settings, schema)}, {"schema", schema.is_null() ? Json::object() : schema}});
}

Json PluginControl::health(const std::string& id) {
    status_of(id);
    const plugin::Health health = health_.of(id);
    return Json::object({{"id", id}, {"status", std::string(name_of(health.level))}, {"detail", health.detail}});
}

std::vector<std::string> PluginControl::verify(const std::string& id) {
    const plugin::Status status = status_of(id);
    const auto hosting = reloader_.serving();
    plugin::Settings settings = hosting->config.plugins;
    std::erase_if(settings.wanted, [&](const plugin::Wanted& wanted) { return wanted.id != id; });
    if (settings.wanted.empty()) {
        plugin::Wanted& wanted = settings.wanted.emplace_back();
        wanted.id = id;
        wanted.origin = "the request";
        wanted.file = status.file;
    }
    const plugin::Plan plan = plan_for(hosting);
    const auto inspection = plugin::inspect(settings, plan.environment->offer, plan.environment->read_manifest);
    std::vector<std::string> problems;
    for (const plugin::Failure& failure : inspection.failures)
        problems.push_back(failure.reason);
    return problems;
}

admin::Change PluginControl::reload() {
    const Turn turn(under_way_, "a reload");
    return reload_now();
}

admin::Change PluginControl::reload_now(Reloader::Edit edit) {
    std::promise<ReloadOutcome> promise;
    if (!reloader_.request([&](const ReloadOutcome& done) { promise.set_value(done); }, std::move(edit)))
        throw core::Error(core::Code::Unavailable, "the host is stopping");
    ReloadOutcome outcome = promise.get_future().get();
    return {outcome.generation, std::move(outcome.problems), std::move(outcome.restart_needed)};
}

admin::Change PluginControl::set_enabled(const std::string& id, bool enabled) {
    status_of(id);
    return change(id, [&](config::PluginOverlay& overlay) { overlay.enabled = enabled; });
}

admin::Change PluginControl::set_config(const std::string& id, const Json& settings) {
    status_of(id);
    return change(id, [&](config::PluginOverlay& overlay) {
        const auto hosting = reloader_.serving();
        const auto present = hosting->config.plugin_settings.find(id);
        const config::Node* known = present != hosting->config.plugin_settings.end() ? &present->second : nullptr;
        overlay.settings = unmasked(settings, known);
    });
}

admin::Change PluginControl::change(const std::string& id, const std::function<void(config::PluginOverlay&)>& edit) {
    const Turn turn(under_way_, "a change of the plugin " + id);
    const auto directory = config::overlay_directory(reloader_.serving()->config.data_directory);
    // Outlives this function: what was answered may still be taken back.
    const auto former = std::make_shared<std::optional<config::PluginOverlay>>();
    std::exception_ptr unwritten;
    const auto make = [&] {
        try {
            *former = config::read_overlay(directory, id);
            config::PluginOverlay wanted = **former;
            edit(wanted);
            config::write_overlay(directory, id, wanted);
        } catch (...) {  // carried over to whoever asked for the change, which is not to blame
            unwritten = std::current_exception();
            throw;
        }
    };
    const auto take_back = [former, directory, id] {
        if (*former) config::write_overlay(directory, id, **former);
    };
    admin::Change made = reload_now({make, take_back});
    if (unwritten) std::rethrow_exception(unwritten);
    forget_place(made.problems, config::overlay_file(directory, id).string());
    return made;
}

}  // namespace host::app
