#pragma once

// GANTRY_PLUGIN(Class, "id", "1.0.0"): the one macro, once in a plugin. It defines the one exported symbol, and the
// facts that the host reads from the file before it runs any of its code.
//
// Class is constructed by the start step, as Class(gantry::Host) or Class(gantry::Host, const Class::Config&), and
// destroyed by the stop step. Optional members: struct Config with a static schema(), routes(gantry::Routes<Class>&),
// gantry::Health health().

#include <gantry/detail/instance.hpp>

#define GANTRY_DETAIL_TEXT(value) #value
#define GANTRY_DETAIL_EXPANDED(value) GANTRY_DETAIL_TEXT(value)
#define GANTRY_DETAIL_SDK "gantry-sdk-cpp 1.0.0"

// clang-format off
#define GANTRY_PLUGIN(Class, Id, Version)                                                                                   \
    __asm__(".pushsection " GANTRY_INFO_SECTION ",\"\",@progbits\n\t"                                                       \
            ".asciz \"abi=" GANTRY_DETAIL_EXPANDED(GANTRY_ABI_MAJOR) "." GANTRY_DETAIL_EXPANDED(GANTRY_ABI_MINOR) "\"\n\t"  \
            ".asciz \"id=" Id "\"\n\t"                                                                                      \
            ".asciz \"version=" Version "\"\n\t"                                                                            \
            ".asciz \"sdk=" GANTRY_DETAIL_SDK "\"\n\t"                                                                      \
            ".popsection");                                                                                                 \
    extern "C" GANTRY_EXPORT const gantry_entry gantry_plugin_entry = {                                                     \
        GANTRY_ENTRY_MAGIC, sizeof(gantry_entry), GANTRY_ABI_MAJOR, GANTRY_ABI_MINOR, 0, Id, Version, GANTRY_DETAIL_SDK,    \
        nullptr, 0, 0, gantry::detail::Instance<Class>::create, gantry::detail::Instance<Class>::describe};
// clang-format on
