#pragma once

#include <memory>
#include <utility>

#include "host/core/current_request.hpp"
#include "host/core/gate.hpp"

namespace host::bridge {

// The way back into a plugin with what it has asked for: through its gate, and for the request that it asked for it in.
class Entrance {
  public:
    explicit Entrance(std::shared_ptr<core::Gate> gate) : Entrance(std::move(gate), core::CurrentRequest::keep()) {}
    Entrance(std::shared_ptr<core::Gate> gate, core::CurrentRequest::Id request)
        : gate_(std::move(gate)), request_(std::move(request)) {}

    // One call into the plugin; false if the gate is closed.
    class Pass {
      public:
        explicit Pass(const Entrance& entrance) : pass_(*entrance.gate_), request_(entrance.request_) {}
        explicit operator bool() const { return static_cast<bool>(pass_); }

      private:
        const core::Gate::Pass pass_;
        const core::CurrentRequest request_;
    };

  private:
    std::shared_ptr<core::Gate> gate_;
    core::CurrentRequest::Id request_;
};

}  // namespace host::bridge
