#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace host::log {

// Writes lines to a descriptor that may refuse them, a full file system for instance: what is lost is counted and told
// with the first line that can be written again, and no line is glued to the half of another.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    using Told = std::function<std::string(std::uint64_t lost)>;

    // `told` makes the line that tells of the loss.
    DescriptorSink(int descriptor, Told told) : descriptor_(descriptor), told_(std::move(told)) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

  private:
    bool write_whole(std::string_view bytes);

    const int descriptor_;
    const Told told_;
    std::uint64_t lost_ = 0;
    bool torn_ = false;  // the last byte written was no line's end
};

}  // namespace host::log
