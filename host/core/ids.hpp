#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace host::core {

// A 64-bit id that this process hands out once and never again: what a plugin keeps of a host object.
std::uint64_t next_id();
// Fills from the operating system's cryptographic generator; never fails.
void random_bytes(void* data, std::size_t size);
// 26 characters of [0-9a-v]: time first, so that ids sort by age, then 80 random bits. Cheap: no system call each time.
std::string sortable_id();

}  // namespace host::core
