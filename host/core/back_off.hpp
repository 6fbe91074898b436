#pragma once

#include <chrono>
#include <cstdint>

namespace host::core {

// The pause after the failure of the attempt (1 at first): first, 2 first, 4 first, ... up to max; each shortened by up to a
// half, so that what failed together does not come back together.
std::chrono::milliseconds back_off(std::uint32_t attempt, std::chrono::milliseconds first, std::chrono::milliseconds max);

}  // namespace host::core
