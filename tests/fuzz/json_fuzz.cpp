#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <gantry/json.hpp>

// Whatever comes in, parse() accepts or refuses it; what it accepts, dump() writes so that it reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const gantry::Json value = gantry::Json::parse(text);
        if (!(gantry::Json::parse(value.dump()) == value)) std::abort();
        if (!(gantry::Json::parse(value.dump_pretty()) == value)) std::abort();
    } catch (const gantry::JsonError&) {
    }
    return 0;
}
