#pragma once

#include <memory>
#include <string>

#include <gantry/abi/kv.h>

#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/kv/kv.hpp"

namespace host::bridge {

// gantry.kv/1 for one plugin instance. Two generations share their keys, which are the plugin's.
class KvService : public ServiceSide {
  public:
    // `kv` may be null: then every call is answered Unavailable.
    KvService(const std::string& plugin, kv::Kv* kv, std::shared_ptr<core::Gate> gate);

    static const gantry_kv& table();

    struct Answer {
        gantry_kv_result* now;
        gantry_kv_done done;
        void* user;
    };
    // Throws what kv::Client throws.
    gantry_status run(const kv::Request& request, const Answer& answer);

    // The completions of what is open have been delivered when it returns. The gate must still be open.
    void silence() override;

  private:
    const std::shared_ptr<core::Gate> gate_;
    const std::unique_ptr<kv::Client> client_;
};

}  // namespace host::bridge
