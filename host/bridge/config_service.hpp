#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <gantry/abi/config.h>
#include <gantry/json.hpp>

namespace host::bridge {

// Where a setting was written.
struct Origin {
    std::string file;
    std::uint32_t line;
    std::uint32_t column;
};

// gantry.config/1 for one configure() call: a validated tree, shown through the ABI. Lives as long as the call.
class ConfigView {
  public:
    using Origins = std::function<std::optional<Origin>(std::string_view pointer)>;

    ConfigView(gantry::Json settings, Origins origins);
    ConfigView(const ConfigView&) = delete;
    ConfigView& operator=(const ConfigView&) = delete;

    const gantry_config* abi() const { return &abi_; }

  private:
    struct Calls;

    const gantry::Json settings_;
    const Origins origins_;
    // Texts handed out stay valid until the view ends.
    mutable std::map<std::string, std::string> dumps_;
    mutable std::map<std::string, Origin> found_;
    gantry_config abi_;
};

}  // namespace host::bridge
