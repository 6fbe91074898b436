#include "host/log/logger.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

#include "host/core/clock.hpp"
#include "host/core/locked.hpp"
#include "host/log/descriptor_sink.hpp"
#include "host/log/redact.hpp"

namespace host::log {

namespace {

// For whoever asks what happened last: some hundred kilobytes for a talkative owner.
constexpr std::size_t recent_lines_max = 200;
constexpr std::size_t recent_line_bytes_max = 4096;

constexpr std::string_view level_names[] = {"trace", "debug", "info", "warn", "error"};

// JSON's escapes, and U+FFFD for bytes that are no UTF-8: a log line must be readable whatever a client sent.
void append_quoted(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out.push_back('"');
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(static_cast<char>(c));
            ++i;
        } else if (c == '\n') {
            out.append("\\n");
            ++i;
        } else if (c < 0x20 || c == 0x7f) {
            out.append("\\u00");
            out.push_back(hex[c >> 4]);
            out.push_back(hex[c & 15]);
            ++i;
        } else if (c < 0x80) {
            out.push_back(static_cast<char>(c));
            ++i;
        } else {
            const std::size_t size = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
            bool whole = size != 0 && i + size <= text.size();
            for (std::size_t k = 1; whole && k < size; ++k)
                whole = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
            if (whole) {
                out.append(text.substr(i, size));
                i += size;
            } else {
                out.append("\xef\xbf\xbd");
                ++i;
            }
        }
    }
    out.push_back('"');
}

void append_value(std::string& out, const Field& field) {
    switch (field.kind) {
        case Field::Kind::Integer:
            out.append(std::to_string(field.integer));
            return;
        case Field::Kind::Bool:
            out.append(field.integer != 0 ? "true" : "false");
            return;
        case Field::Kind::Real: {
            char text[32];
            std::snprintf(text, sizeof text, "%.3f", field.real);
            out.append(text);
            return;
        }
        case Field::Kind::Text:
            append_quoted(out, is_secret_name(field.name) ? std::string("***") : redact(field.text));
            return;
    }
}

std::string json_line(Level level, std::string_view owner, std::string_view message, std::span<const Field> fields) {
    std::string line;
    line.reserve(256);
    line.append("{\"timestamp\":\"").append(core::rfc3339(core::wall_us()));
    line.append("\",\"level\":\"").append(level_names[static_cast<int>(level)]);
    line.append("\",\"logger\":");
    append_quoted(line, owner);
    line.append(",\"message\":");
    append_quoted(line, redact(message));
    for (const Field& field : fields) {
        line.push_back(',');
        append_quoted(line, field.name);
        line.push_back(':');
        append_value(line, field);
    }
    line.push_back('}');
    return line;
}

std::string text_line(Level level, std::string_view owner, std::string_view message, std::span<const Field> fields) {
    std::string line = core::rfc3339(core::wall_us()).substr(11, 12);
    line.append(" ").append(level_names[static_cast<int>(level)]);
    line.append(level_names[static_cast<int>(level)].size() < 5 ? "  " : " ");
    line.append(owner).append(": ");
    // One event stays one line, also for people.
    for (char c : redact(message))
        line.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    for (const Field& field : fields) {
        line.append(" ").append(field.name).append("=");
        append_value(line, field);
    }
    return line;
}

// For tests: keeps what would have been written.
class MemorySink : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit MemorySink(std::string& lines) : lines_(lines) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        lines_.append(message.payload.data(), message.payload.size()).push_back('\n');
    }
    void flush_() override {}

  private:
    std::string& lines_;
};

}  // namespace

struct Sink {
    Sink(Format format, std::shared_ptr<spdlog::logger> out) : format(format), out(std::move(out)) {}

    // What is written for whom. An owner's level is looked up once, by its logger, which then reads it without a lock.
    struct Levels {
        Level level = Level::Info;
        std::map<std::string, Level> own;
        std::map<std::string, std::atomic<Level>> known;

        Level of(const std::string& owner) const {
            const auto found = own.find(owner);
            return found != own.end() ? found->second : level;
        }
        void apply() {
            for (auto& [owner, level_now] : known)
                level_now = of(owner);
        }
    };

    const Format format;
    const std::shared_ptr<spdlog::logger> out;
    core::Locked<Levels> levels;
    core::Locked<std::map<std::string, std::deque<std::string>>> recent;  // by owner

    void remember(const std::string& owner, const std::string& line) {
        recent.with([&](auto& all) {
            std::deque<std::string>& lines = all[owner];
            if (lines.size() >= recent_lines_max) lines.pop_front();
            lines.push_back(line.substr(0, recent_line_bytes_max));
        });
    }

    const std::atomic<Level>* level_of(const std::string& owner) {
        return levels.with([&](Levels& now) { return &now.known.try_emplace(owner, now.of(owner)).first->second; });
    }
};

namespace {

std::shared_ptr<Sink> make_sink(const Settings& settings, spdlog::sink_ptr sink) {
    auto out = std::make_shared<spdlog::logger>("gantry", std::move(sink));
    out->set_pattern("%v");
    out->set_level(spdlog::level::trace);
    out->flush_on(spdlog::level::trace);
    auto made = std::make_shared<Sink>(settings.format, std::move(out));
    set_levels(*made, settings.level, settings.levels);
    return made;
}

}  // namespace

std::shared_ptr<Sink> open_stderr(const Settings& settings) {
    const auto told = [format = settings.format](std::uint64_t lost) {
        const Field lines("lines", lost);
        const auto line = format == Format::Json ? json_line : text_line;
        return line(Level::Error, "log", "lines of the log were lost", std::span(&lines, 1));
    };
    return make_sink(settings, std::make_shared<DescriptorSink>(STDERR_FILENO, told));
}

std::shared_ptr<Sink> open_memory(const Settings& settings, std::string& lines) {
    return make_sink(settings, std::make_shared<MemorySink>(lines));
}

std::optional<Level> level_of(std::string_view word) {
    const auto found = std::ranges::find(level_names, word);
    if (found == std::end(level_names)) return std::nullopt;
    return static_cast<Level>(found - std::begin(level_names));
}

void set_levels(Sink& sink, Level level, const std::map<std::string, Level>& levels) {
    sink.levels.with([&](Sink::Levels& now) {
        now.level = level;
        now.own = levels;
        now.apply();
    });
}

void set_level(Sink& sink, const std::string& owner, Level level) {
    sink.levels.with([&](Sink::Levels& now) {
        now.own[owner] = level;
        now.apply();
    });
}

std::vector<std::string> recent_lines(Sink& sink, const std::string& owner, std::size_t lines_max) {
    return sink.recent.with([&](const auto& all) {
        const auto found = all.find(owner);
        if (found == all.end()) return std::vector<std::string>();
        const auto& lines = found->second;
        return std::vector<std::string>(lines.end() - static_cast<std::ptrdiff_t>(std::min(lines_max, lines.size())),
                                        lines.end());
    });
}

Logger::Logger(std::shared_ptr<Sink> sink, std::string owner)
    : sink_(std::move(sink)), owner_(std::move(owner)), level_(sink_->level_of(owner_)) {}

bool Logger::enabled(Level level) const {
    return level >= level_->load(std::memory_order_relaxed);
}

void Logger::write(Level level, std::string_view message, std::span<const Field> fields) const {
    if (!enabled(level)) return;
    const std::string line = sink_->format == Format::Json ? json_line(level, owner_, message, fields)
                                                           : text_line(level, owner_, message, fields);
    // The line is data, not a format: it may hold braces.
    sink_->remember(owner_, line);
    sink_->out->log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace host::log
