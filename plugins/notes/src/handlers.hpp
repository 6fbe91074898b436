#pragma once

// HTTP in, HTTP out: reads what a request says, asks note and store, and says the answer.

#include <gantry/metrics.hpp>
#include <gantry/request.hpp>
#include <gantry/response.hpp>
#include <gantry/task.hpp>

#include "settings.hpp"
#include "store.hpp"

namespace notes {

class Handlers {
  public:
    Handlers(gantry::Host host, const Settings& settings)
        : store_(host), settings_(settings), exported_(host, "exported_total", "Notes that were exported") {}

    gantry::Task<gantry::Response> create(const gantry::Request& request) const;
    gantry::Task<gantry::Response> show(const gantry::Request& request) const;
    gantry::Task<gantry::Response> replace(const gantry::Request& request) const;
    gantry::Task<gantry::Response> change(const gantry::Request& request) const;
    gantry::Task<gantry::Response> remove(const gantry::Request& request) const;
    gantry::Task<gantry::Response> list(const gantry::Request& request) const;
    gantry::Task<gantry::Response> search(const gantry::Request& request) const;
    // All notes as server-sent events. However large the table and slow the client, one page is in memory.
    gantry::Task<void> export_all(const gantry::Request& request) const;

  private:
    gantry::Task<gantry::Response> update(const gantry::Request& request, const Change& wanted) const;
    std::size_t title_bytes_max() const { return static_cast<std::size_t>(settings_.title_bytes_max); }

    const Store store_;
    const Settings settings_;
    const gantry::Counter exported_;
};

}  // namespace notes
