#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "host/http_client/call.hpp"

namespace host::http_client {

// Collects the head of an answer from libcurl's lines. Interim answers (1xx) are passed over, trailers are left out.
class HeadReader {
  public:
    explicit HeadReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    enum class Progress { More, Complete, TooLarge, Malformed };
    Progress add(std::string_view line);
    void reset();

    const AnswerHead& head() const { return head_; }
    // The first of that name; empty if there is none.
    std::string_view find(std::string_view name) const;

  private:
    void clear();
    bool begin_block(std::string_view line);
    void add_field(std::string_view line);

    const std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    bool complete_ = false;
    AnswerHead head_;
};

}  // namespace host::http_client
