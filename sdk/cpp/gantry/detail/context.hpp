#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/log.h>
#include <gantry/abi/plugin.h>
#include <gantry/abi/sys.h>
#include <gantry/detail/open_work.hpp>
#include <gantry/detail/use.hpp>
#include <gantry/error.hpp>
#include <gantry/text.hpp>

namespace gantry::detail {

// Asks the host for a service; throws Error if it is not there.
template <typename Service>
const Service* service(const gantry_host* host, std::string_view service_id) {
    const void* table = nullptr;
    const gantry_status status = host->query(host, str(service_id), &table);
    if (status == GANTRY_E_DENIED) throw Error(Status::Denied, "the manifest does not ask for " + std::string(service_id));
    if (status < 0 || table == nullptr) {
        throw Error(Status::Unsupported, "this host has no " + std::string(service_id));
    }
    return static_cast<const Service*>(table);
}

// What everything of one instance shares. Lives from create() to destroy(), at one address.
struct Context {
    explicit Context(const gantry_host* the_host)
        : host(the_host), log(service<gantry_log>(host, GANTRY_LOG)), sys(service<gantry_sys>(host, GANTRY_SYS)) {
        GANTRY_DETAIL_USE(GANTRY_LOG, gantry_log, enabled);
        GANTRY_DETAIL_USE(GANTRY_SYS, gantry_sys, thread_kind);
    }

    const gantry_host* host;
    const gantry_log* log;
    const gantry_sys* sys;
    OpenWork open;
    // What callbacks that were registered in start() point to. [control]
    std::vector<std::shared_ptr<void>> bindings;
};

}  // namespace gantry::detail
