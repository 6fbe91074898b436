#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/core/locked.hpp"

namespace host::plugin {

// Everything that one plugin instance has registered with the host: routes, jobs, subscriptions, ... Whatever the plugin
// forgets, its end takes all of it back. Any thread.
class Ledger {
  public:
    struct Entry {
        std::uint64_t id;
        std::string kind;         // "route"
        std::string description;  // "GET /notes/{id}"
    };

    // `revoke` undoes the registration; it runs at most once. Returns the id by which it can be taken back early, or 0 if
    // the ledger is closed: then nothing was recorded and the caller must undo the registration itself.
    std::uint64_t add(std::string kind, std::string description, std::function<void()> revoke);
    // Runs the revoke of one entry; false if there is none (any more).
    bool revoke(std::uint64_t id);
    // Revokes everything, the youngest first, and takes nothing more. An exception of one revoke does not keep the others
    // from running: what failed is returned, "route GET /notes: <reason>".
    std::vector<std::string> revoke_all();

    std::vector<Entry> entries() const;

  private:
    struct Record {
        Entry entry;
        std::function<void()> revoke;
    };
    struct Book {
        bool closed = false;
        std::vector<Record> records;
    };

    core::Locked<Book> book_;
};

}  // namespace host::plugin
