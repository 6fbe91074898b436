#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/tree.hpp"

namespace host::config {

// From positions in a text to marks, which count from 1 and in characters. The text must outlive it.
class Places {
  public:
    Places(std::string_view text, const std::string& file);

    // Line and byte within it, both from 0; the begin of the text if there is no such line.
    Mark at(std::size_t line, std::size_t bytes) const;
    Mark at_offset(std::size_t offset) const;
    // The text of the line that a mark of this text is in.
    std::string_view line_of(const Mark& mark) const;

  private:
    std::string_view text_;
    std::shared_ptr<const std::string> file_;
    std::vector<std::size_t> lines_{0};  // where each begins
};

}  // namespace host::config
