#include "host/http/refusals.hpp"
#include "host/http/request_head.hpp"

namespace host::http {

namespace {

// Beside the target: the longest method that is worth an answer of its own, two spaces, the version, CR.
constexpr std::size_t request_line_rest_max = 64;

}  // namespace

std::optional<std::size_t> HeadScanner::refuse(const Refusal& refusal) {
    refusal_ = &refusal;
    return std::nullopt;
}

std::optional<std::size_t> HeadScanner::find_end(std::string_view input) {
    const std::size_t first_line_max = limits_->line_bytes_max + request_line_rest_max;
    while (true) {
        const std::size_t lf = input.find('\n', scanned_);
        const std::size_t seen = lf == std::string_view::npos ? input.size() : lf + 1;
        if (line_begin_ == 0 && seen > first_line_max) return refuse(refusals::target_size);
        if (seen > limits_->head_bytes_max) return refuse(refusals::head_size);
        scanned_ = seen;
        if (lf == std::string_view::npos) return std::nullopt;
        if (lf == line_begin_ || input[lf - 1] != '\r') return refuse(refusals::bare_lf);
        const bool empty_line = lf == line_begin_ + 1;
        line_begin_ = seen;
        if (empty_line) return seen;
    }
}

}  // namespace host::http
