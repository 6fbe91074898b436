#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "host/metrics/family.hpp"
#include "host/metrics/settings.hpp"

namespace host::metrics {

class PluginMetrics;

// All metrics of this host and the page that shows them. The host's own are called gantry_*, a plugin's
// gantry_<plugin>_*; see PluginMetrics for those. Any thread.
class Registry {
  public:
    explicit Registry(Settings settings);
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    // A metric of the host's own; it stays. Throws InvalidArgument, and Conflict for a name that is taken.
    Family& define(Shape shape, std::size_t series_max);

    // A counter or gauge that is asked for its values when the page is made: `sample` is called on the thread that reads
    // it, and may be called for a while after the reader has been told to stop.
    struct Sample {
        std::vector<std::string> values;  // as many as labels
        double value;
    };
    using Sampler = std::function<std::vector<Sample>()>;
    void define_sampled(Shape shape, Sampler sample);

    // Every metric, by name, in the format of exposition.hpp. What a sampler throws leaves out that metric alone.
    std::string text() const;
    // Of those alone that a plugin has made.
    std::string text_of(const std::string& plugin) const;

  private:
    friend class PluginMetrics;

    struct Entry {
        std::string owner;  // "host" or a plugin's id
        Shape shape;
        std::shared_ptr<Family> family;  // or
        Sampler sample;
    };
    void add(Entry entry);
    std::string text_where(const std::function<bool(const Entry&)>& wanted) const;
    void refuse_clash(const std::string& owner, const Shape& shape) const;
    std::vector<Registry::Sample> dropped() const;

    const Settings settings_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> published_;  // by name
    std::set<PluginMetrics*> plugins_;
};

}  // namespace host::metrics
