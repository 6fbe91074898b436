#pragma once

// What other plugins may ask: notes.search/1.

#include <gantry/services.hpp>
#include <gantry/task.hpp>

#include "store.hpp"

namespace notes {

class SearchService {
  public:
    SearchService(gantry::Host host, const Store& store);

  private:
    // {"q": words, "limit": 1 to 100} -> {"items": [note, ...]}, the best match first.
    gantry::Task<gantry::Json> find(const gantry::ServiceCall& call) const;

    const Store store_;
};

}  // namespace notes
