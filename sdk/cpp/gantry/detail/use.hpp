#pragma once

// Which services a plugin needs is read from its code, not from a promise: every wrapper function that calls a service
// leaves a record in the section .gantry.info. The record stands in the function's own assembly, so that a function
// that is never called, and therefore never emitted, leaves none. The section is not part of the loaded image.

#include <cstddef>

#include <gantry/abi/plugin.h>

// "this code calls `member` of the service `service_id`, whose table is of `Type`"
// clang-format off
#define GANTRY_DETAIL_USE(service_id, Type, member)                            \
    __asm__ volatile(".pushsection " GANTRY_INFO_SECTION ",\"\",@progbits\n\t" \
                     ".asciz \"use=" service_id ":%c0\"\n\t"                   \
                     ".popsection"                                             \
                     :                                                         \
                     : "i"(offsetof(Type, member) + sizeof(static_cast<const Type*>(nullptr)->member)))
// clang-format on
