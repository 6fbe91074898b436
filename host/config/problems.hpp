#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/config/tree.hpp"
#include "host/core/error.hpp"

namespace host::config {

// Everything wrong with a configuration, gathered so that an administrator mends it in one go.
class Problems {
  public:
    // `path` is "plugins.notes.page", or empty for the whole; the message ends up as "gantry.yaml:41:13: path: message".
    void add(const Mark& mark, std::string_view path, std::string_view message);
    void add_all(const Problems& others) { found_.insert(found_.end(), others.found_.begin(), others.found_.end()); }
    bool empty() const { return found_.empty(); }
    // There are more than lines() will show: hints that take long to find are no longer worth it.
    bool crowded() const;
    // In the order of file, line and column; at most 100, then a line that counts the rest.
    std::vector<std::string> lines() const;
    // Throws ConfigErrors if there are any.
    void throw_if_any() const;

  private:
    struct Problem {
        Mark mark;
        std::string text;
    };
    std::vector<Problem> found_;
};

// A configuration that cannot be used. what() is all lines, one below the other.
class ConfigErrors : public core::Error {
  public:
    explicit ConfigErrors(std::vector<std::string> lines);
    const std::vector<std::string>& lines() const { return lines_; }

  private:
    std::vector<std::string> lines_;
};

}  // namespace host::config
