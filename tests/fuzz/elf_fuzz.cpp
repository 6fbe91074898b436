#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/core/error.hpp"
#include "host/plugin/elf_file.hpp"
#include "host/plugin/info.hpp"

// A plugin file is somebody else's bytes: whatever they are, the answer is a value or core::Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace plugin = host::plugin;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    try {
        plugin::read_elf_identity(bytes);
        const plugin::ElfFile elf(bytes);
        if (const auto info = elf.section(".gantry.info")) plugin::parse_info(*info);
    } catch (const host::core::Error&) {
    }
    try {
        plugin::parse_info(bytes);
    } catch (const host::core::Error&) {
    }
    return 0;
}
