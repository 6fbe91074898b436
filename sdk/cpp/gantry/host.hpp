#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include <gantry/detail/context.hpp>

namespace gantry {

// A field of a log line. Borrows both texts for the call that takes it.
struct LogField {
    std::string_view name;
    std::string_view value;
};

// The host as a plugin sees it: its log, its clocks, its randomness. A handle, cheap to copy; every member may be called
// on any thread until the plugin's destructor has returned.
class Host {
  public:
    using Fields = std::initializer_list<LogField>;

    explicit Host(detail::Context& context) : context_(&context) {}

    // One line under the plugin's own logger. Inside a request the host adds its id; secrets are redacted.
    void trace(std::string_view message, Fields fields = {}) const { write(GANTRY_LOG_TRACE, message, fields); }
    void debug(std::string_view message, Fields fields = {}) const { write(GANTRY_LOG_DEBUG, message, fields); }
    void info(std::string_view message, Fields fields = {}) const { write(GANTRY_LOG_INFO, message, fields); }
    void warn(std::string_view message, Fields fields = {}) const { write(GANTRY_LOG_WARN, message, fields); }
    void error(std::string_view message, Fields fields = {}) const { write(GANTRY_LOG_ERROR, message, fields); }
    // Would a debug line be written? Ask before building a costly one.
    bool debug_enabled() const { return context_->log->enabled(context_->host, GANTRY_LOG_DEBUG) != 0; }

    // Never steps; for durations and deadlines.
    std::chrono::nanoseconds monotonic() const {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(context_->sys->mono_ns(context_->host)));
    }
    // Since 1970-01-01T00:00:00Z.
    std::chrono::microseconds wall_clock() const {
        return std::chrono::microseconds(context_->sys->wall_us(context_->host));
    }
    // Cryptographic randomness.
    void random(std::span<std::byte> out) const { context_->sys->random(context_->host, out.data(), out.size()); }

    // A directory of this plugin's own, already made.
    std::filesystem::path data_directory() const { return view(context_->host->data_directory); }
    std::string_view plugin_id() const { return view(context_->host->plugin_id); }
    std::string_view host_version() const { return view(context_->host->host_version); }

    detail::Context& context() const { return *context_; }

  private:
    void write(std::int32_t level, std::string_view message, Fields fields) const {
        std::vector<gantry_pair> pairs;
        pairs.reserve(fields.size());
        for (const LogField& field : fields)
            pairs.push_back({str(field.name), str(field.value)});
        context_->log->write(context_->host, level, str(message), pairs.data(), static_cast<std::uint32_t>(pairs.size()));
    }

    detail::Context* context_;
};

}  // namespace gantry
