#pragma once

// Notes in PostgreSQL: the only file that speaks SQL. Every change is an event too, notes.created, notes.changed or
// notes.removed: both happen, or neither.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gantry/database.hpp>
#include <gantry/events.hpp>
#include <gantry/task.hpp>

#include "note.hpp"

namespace notes {

struct Found {
    std::vector<Note> notes;
    std::int64_t total = 0;  // of all, not only of this page
};

class Store {
  public:
    explicit Store(gantry::Host host) : database_(host), events_(host) {}

    gantry::Task<Note> insert(const Draft& draft) const;
    gantry::Task<std::optional<Note>> find(std::int64_t id) const;
    // Nothing if there is no note `id`, or none of version `expected` when that is given.
    gantry::Task<std::optional<Note>> update(std::int64_t id, const Change& change,
                                             std::optional<std::int64_t> expected) const;
    // False if there was none.
    gantry::Task<bool> remove(std::int64_t id) const;

    // The newest first, those older than `before`.
    gantry::Task<Found> newest(std::optional<std::int64_t> before, std::int64_t limit) const;
    // The best match first.
    gantry::Task<Found> search(const std::string& words, std::int64_t limit, std::int64_t offset) const;
    // The oldest first, those younger than `after`.
    gantry::Task<std::vector<Note>> page_after(std::int64_t after, std::int64_t limit) const;

    // Removes up to `limit` notes that nobody has changed for `days`, and says how many.
    gantry::Task<std::int64_t> forget(std::int64_t days, std::int64_t limit) const;

  private:
    gantry::Database database_;
    gantry::Events events_;
};

}  // namespace notes
