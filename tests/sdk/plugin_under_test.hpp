#pragma once

// Plugin classes that stand in a test, without a file of their own.

#include <gtest/gtest.h>
#include <gantry/fake_host.hpp>
#include <gantry/plugin.hpp>

namespace sdk_test {

using gantry::Json;
using gantry::Request;
using gantry::Response;
using gantry::Task;
using gantry::testing::Completions;
using gantry::testing::FakeHost;
using gantry::testing::FakeRows;

// What GANTRY_PLUGIN would define.
template <typename Plugin>
const gantry_entry& entry_of() {
    static const gantry_entry entry = {GANTRY_ENTRY_MAGIC,
                                       sizeof(gantry_entry),
                                       GANTRY_ABI_MAJOR,
                                       GANTRY_ABI_MINOR,
                                       0,
                                       "test",
                                       "1.0.0",
                                       "test",
                                       nullptr,
                                       0,
                                       0,
                                       gantry::detail::Instance<Plugin>::create,
                                       gantry::detail::Instance<Plugin>::describe};
    return entry;
}

}  // namespace sdk_test
