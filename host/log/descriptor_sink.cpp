#include "host/log/descriptor_sink.hpp"

#include <unistd.h>

#include <cerrno>

namespace host::log {

void DescriptorSink::sink_it_(const spdlog::details::log_msg& message) {
    if (lost_ > 0) {
        if (!write_whole((torn_ ? "\n" : "") + told_(lost_) + "\n")) {
            ++lost_;
            return;
        }
        lost_ = 0;
    }
    std::string line(message.payload.data(), message.payload.size());
    line.push_back('\n');
    if (!write_whole(line)) ++lost_;
}

bool DescriptorSink::write_whole(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        torn_ = bytes[static_cast<std::size_t>(written) - 1] != '\n';
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace host::log
