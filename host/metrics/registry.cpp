#include "host/metrics/registry.hpp"

#include "host/core/error.hpp"
#include "host/metrics/exposition.hpp"
#include "host/metrics/plugin_metrics.hpp"

namespace host::metrics {

namespace {

constexpr const char* host_owner = "host";

void write_sampled(std::string& out, const Shape& shape, const Registry::Sampler& sample) {
    std::vector<Registry::Sample> samples;
    try {
        samples = sample();
    } catch (const std::exception&) {
        return;
    }
    if (samples.empty()) return;
    write_head(out, shape);
    for (const Registry::Sample& each : samples)
        write_sample(out, shape, each.values, each.value);
}

}  // namespace

Registry::Registry(Settings settings) : settings_(std::move(settings)) {
    define_sampled({.kind = Kind::Counter,
                    .name = "gantry_metrics_dropped_total",
                    .help = "Recordings that were counted under the label values \"other\"",
                    .labels = {"metric"}},
                   [this] { return dropped(); });
}

Registry::~Registry() = default;

Family& Registry::define(Shape shape, std::size_t series_max) {
    auto family = std::make_shared<Family>(std::move(shape), series_max);
    Family& made = *family;
    add({host_owner, made.shape(), std::move(family), nullptr});
    return made;
}

void Registry::define_sampled(Shape shape, Sampler sample) {
    add({host_owner, checked(std::move(shape)), nullptr, std::move(sample)});
}

void Registry::add(Entry entry) {
    std::lock_guard lock(mutex_);
    refuse_clash(entry.owner, entry.shape);
    std::string name = entry.shape.name;
    if (published_.try_emplace(name, std::move(entry)).second) return;
    throw core::Error{core::Code::Conflict, "metric " + name + " is there already"};
}

// Under the lock. An owner may replace what it has published itself under the very name.
void Registry::refuse_clash(const std::string& owner, const Shape& shape) const {
    const auto refuse_if = [&](const std::string& other_owner, const Shape& other) {
        if (!clash(shape, other) || (owner == other_owner && shape.name == other.name)) return;
        throw core::Error{core::Code::Conflict,
                          "metric " + shape.name + " of " + owner + " clashes with " + other.name + " of " + other_owner};
    };
    for (const auto& [name, entry] : published_)
        refuse_if(entry.owner, entry.shape);
    for (const PluginMetrics* plugin : plugins_) {
        for (const auto& [name, family] : plugin->families_)
            refuse_if(plugin->plugin_, family->shape());
    }
}

std::string Registry::text() const {
    return text_where([](const Entry&) { return true; });
}

std::string Registry::text_of(const std::string& plugin) const {
    return text_where([&](const Entry& entry) { return entry.owner == plugin; });
}

std::string Registry::text_where(const std::function<bool(const Entry&)>& wanted) const {
    // Samplers belong to others: they are called without the lock.
    const std::map<std::string, Entry> entries = [this] {
        std::lock_guard lock(mutex_);
        return published_;
    }();
    std::string out;
    for (const auto& [name, entry] : entries) {
        if (!wanted(entry)) continue;
        if (entry.family != nullptr) {
            entry.family->write(out);
        } else {
            write_sampled(out, entry.shape, entry.sample);
        }
    }
    return out;
}

std::vector<Registry::Sample> Registry::dropped() const {
    std::lock_guard lock(mutex_);
    std::vector<Sample> samples;
    for (const auto& [name, entry] : published_) {
        if (entry.family == nullptr || entry.family->dropped() == 0) continue;
        samples.push_back({{name}, static_cast<double>(entry.family->dropped())});
    }
    return samples;
}

}  // namespace host::metrics
