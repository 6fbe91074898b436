#include "host/secrets/secret_bytes.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace host::secrets {
namespace {

// What the kernel says of the pages at an address: "VmFlags: rd wr mr mw me lo ac dd sd".
std::string flags_at(const void* address) {
    std::ifstream maps("/proc/self/smaps");
    std::string line;
    bool inside = false;
    while (std::getline(maps, line)) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
            const auto at = reinterpret_cast<std::uintptr_t>(address);
            inside = at >= begin && at < end;
        }
        if (inside && line.starts_with("VmFlags:")) return line + " ";
    }
    return {};
}

TEST(SecretBytes, StayOutOfCoreDumpsAndChildren) {
    const SecretBytes secret(std::string_view("geheim"));
    const std::string flags = flags_at(secret.data());
    EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
    EXPECT_NE(flags.find(" wf "), std::string::npos) << flags;
}

TEST(SecretBytes, WipeWhatIsCutOff) {
    SecretBytes secret(std::string_view("geheim"));
    const unsigned char* tail = secret.data() + 2;
    secret.shrink(2);
    EXPECT_EQ(secret.view(), "ge");
    const unsigned char zero[4] = {};
    EXPECT_EQ(std::memcmp(tail, zero, sizeof zero), 0);
}

TEST(SecretBytes, LeaveNothingAtTheirEnd) {
    const unsigned char* address = nullptr;
    {
        const SecretBytes secret(std::string_view("geheim"));
        address = secret.data();
    }
    unsigned char resident = 0;
    auto* page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) & ~std::uintptr_t{4095});
    EXPECT_EQ(mincore(page, 4096, &resident), -1) << "the page is given back";
}

TEST(SecretBytes, MoveInsteadOfBeingCopied) {
    SecretBytes first(std::string_view("geheim"));
    const SecretBytes second = std::move(first);
    EXPECT_EQ(second.view(), "geheim");
    EXPECT_TRUE(first.empty());
    EXPECT_EQ(SecretBytes(0).view(), "");
}

}  // namespace
}  // namespace host::secrets
