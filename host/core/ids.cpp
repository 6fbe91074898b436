#include "host/core/ids.hpp"

#include <sys/random.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "host/core/clock.hpp"

namespace host::core {

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void random_bytes(void* data, std::size_t size) {
    auto* out = static_cast<unsigned char*>(data);
    while (size > 0) {
        const ssize_t got = getrandom(out, size, 0);
        if (got < 0 && errno == EINTR) continue;
        // Without a generator nothing that follows would be safe.
        if (got < 0) std::abort();
        out += got;
        size -= static_cast<std::size_t>(got);
    }
}

namespace {

// A reservoir per thread: ids are unguessable, and a system call is paid once in 51 of them.
struct Reservoir {
    std::array<unsigned char, 510> bytes;
    std::size_t used = sizeof bytes;

    const unsigned char* take(std::size_t size) {
        if (used + size > bytes.size()) {
            random_bytes(bytes.data(), bytes.size());
            used = 0;
        }
        const unsigned char* taken = bytes.data() + used;
        used += size;
        return taken;
    }
};

}  // namespace

std::string sortable_id() {
    static constexpr char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
    thread_local Reservoir reservoir;
    const unsigned char* random = reservoir.take(10);
    const auto milliseconds = static_cast<std::uint64_t>(wall_us() / 1000);

    std::string id(26, '0');
    for (int i = 9; i >= 0; --i)
        id[static_cast<std::size_t>(i)] = alphabet[(milliseconds >> (5 * (9 - i))) & 31];
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, random, 5);
    std::memcpy(&low, random + 5, 5);
    for (std::size_t i = 0; i < 8; ++i) {
        id[10 + i] = alphabet[(high >> (5 * i)) & 31];
        id[18 + i] = alphabet[(low >> (5 * i)) & 31];
    }
    return id;
}

}  // namespace host::core
