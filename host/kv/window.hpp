#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace host::kv {

// A sliding window is counted in slices: the present one and as many before it as a window has. So never more than
// `limit` calls are let through in any time of the window's length, and what is let through counts a sixteenth of the window
// too long at most. The three stores do the same sum.
inline constexpr std::uint64_t slices_of_window = 16;

inline std::uint64_t slice_ms_of(std::uint64_t window_ms) {
    return std::max<std::uint64_t>(1, (window_ms + slices_of_window - 1) / slices_of_window);
}

struct Verdict {
    bool allowed;
    std::uint64_t remaining;       // after this one
    std::uint64_t retry_after_ms;  // 0 if allowed
};

class Window {
  public:
    Verdict admit(std::uint64_t now_ms, std::uint64_t limit, std::uint64_t window_ms) {
        const std::uint64_t slice_ms = slice_ms_of(window_ms);
        advance(std::max(now_ms / slice_ms, newest_));
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts_)
            sum += count;
        if (sum < limit) {
            ++counts_[newest_ % slices];
            return {true, limit - sum - 1, 0};
        }
        return {false, 0, wait_ms(now_ms, sum, limit, slice_ms)};
    }

  private:
    static constexpr std::uint64_t slices = slices_of_window + 1;

    void advance(std::uint64_t slice) {
        const std::uint64_t first = std::max(newest_ + 1, slice >= slices ? slice - slices + 1 : 0);
        for (std::uint64_t each = first; each <= slice; ++each)
            counts_[each % slices] = 0;
        newest_ = slice;
    }

    // Until enough of the oldest slices have left the window.
    std::uint64_t wait_ms(std::uint64_t now_ms, std::uint64_t sum, std::uint64_t limit, std::uint64_t slice_ms) const {
        for (std::uint64_t age = slices_of_window;; --age) {
            if (newest_ >= age) sum -= counts_[(newest_ - age) % slices];
            if (sum < limit || age == 0) {
                const std::uint64_t free_ms = (newest_ - std::min(age, newest_) + slices) * slice_ms;
                return free_ms > now_ms ? free_ms - now_ms : 1;
            }
        }
    }

    std::array<std::uint64_t, slices> counts_{};
    std::uint64_t newest_ = 0;  // number of the present slice
};

}  // namespace host::kv
