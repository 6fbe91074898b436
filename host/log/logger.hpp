#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "host/log/settings.hpp"

// Lines on standard error, one event a line, one logger for each owner (the host's rooms and every plugin). Text values
// are redacted before a line is written. Any thread.
namespace host::log {

// One fact of a line. Numbers and booleans stay what they are in JSON.
struct Field {
    enum class Kind { Text, Integer, Real, Bool };

    Field(std::string_view name, std::string_view value) : name(name), kind(Kind::Text), text(value) {}
    Field(std::string_view name, const char* value) : Field(name, std::string_view(value)) {}
    Field(std::string_view name, const std::string& value) : Field(name, std::string_view(value)) {}
    Field(std::string_view name, bool value) : name(name), kind(Kind::Bool), integer(value ? 1 : 0) {}
    Field(std::string_view name, double value) : name(name), kind(Kind::Real), real(value) {}
    template <typename T>
    requires std::is_integral_v<T> Field(std::string_view name, T value)
        : name(name), kind(Kind::Integer), integer(static_cast<std::int64_t>(value)) {}

    std::string_view name;
    Kind kind;
    std::string_view text;
    std::int64_t integer = 0;
    double real = 0;
};

struct Sink;

// A cheap handle; copies write to the same place.
class Logger {
  public:
    Logger(std::shared_ptr<Sink> sink, std::string owner);

    bool enabled(Level level) const;
    void write(Level level, std::string_view message, std::span<const Field> fields) const;

    void debug(std::string_view message, std::initializer_list<Field> fields = {}) const {
        put(Level::Debug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<Field> fields = {}) const {
        put(Level::Info, message, fields);
    }
    void warn(std::string_view message, std::initializer_list<Field> fields = {}) const {
        put(Level::Warn, message, fields);
    }
    void error(std::string_view message, std::initializer_list<Field> fields = {}) const {
        put(Level::Error, message, fields);
    }

    const std::string& owner() const { return owner_; }

  private:
    void put(Level level, std::string_view message, std::initializer_list<Field> fields) const {
        write(level, message, std::span(fields.begin(), fields.size()));
    }

    std::shared_ptr<Sink> sink_;
    std::string owner_;
    const std::atomic<Level>* level_;  // lives in *sink_
};

// "trace" to "error"; nothing: it is none of them.
std::optional<Level> level_of(std::string_view word);

// Changes what is written from now on; the format stays. Any thread.
void set_levels(Sink& sink, Level level, const std::map<std::string, Level>& levels);
// The same for one owner, until set_levels() is called.
void set_level(Sink& sink, const std::string& owner, Level level);

// The youngest lines of an owner, at most `lines_max`, the oldest first; the sink keeps some hundreds. Any thread.
std::vector<std::string> recent_lines(Sink& sink, const std::string& owner, std::size_t lines_max);

// Where all lines of this process go.
std::shared_ptr<Sink> open_stderr(const Settings& settings);
// For tests: every line is appended to `lines`, which must outlive the sink.
std::shared_ptr<Sink> open_memory(const Settings& settings, std::string& lines);

}  // namespace host::log
