#include "host/core/back_off.hpp"

#include <algorithm>
#include <random>

namespace host::core {

std::chrono::milliseconds back_off(std::uint32_t attempt, std::chrono::milliseconds first, std::chrono::milliseconds max) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const double factor = std::uniform_real_distribution<double>(0.5, 1.0)(random);
    const double doubled = static_cast<double>(first.count()) * static_cast<double>(1ULL << std::min(attempt - 1, 40u));
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(doubled, static_cast<double>(max.count())) * factor));
}

}  // namespace host::core
