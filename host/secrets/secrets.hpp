#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/database/database.hpp"
#include "host/log/logger.hpp"
#include "host/secrets/key_ring.hpp"
#include "host/secrets/sources.hpp"
#include "host/secrets/table.hpp"

namespace host::secrets {

struct Counts {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t failures = 0;  // reads and writes that threw
    std::uint64_t rewrapped = 0;
    std::uint64_t changes = 0;  // told to somebody who watches
};

// The room's face: passwords and keys by owner and name, first from what the administrator gives from outside, then from
// the encrypted table. Waits for the database: control and blocking threads only.
class Secrets {
  public:
    // Called on a thread of the room's own that may block, so it may call get(); with no lock held.
    using Changed = std::function<void(const std::string& name)>;
    struct Listed {
        Place place;
        std::string key_id;
        std::string updated_at;  // RFC 3339
    };

    // Does nothing yet.
    Secrets(Settings settings, database::Database& database, log::Logger logger);
    // As stop().
    ~Secrets();
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    // Reads, or makes, the master key and begins to watch; the table must have been migrated. What another master key
    // wraps is wrapped anew in the background. Throws what KeyRing::load() throws. [control]
    void start();
    // Before the database stops. [control]
    void stop();

    // Nothing: nobody has given it. Throws Internal SECRET_DAMAGED, Unavailable (database, or a master key this host does
    // not have), Denied (a file that others can read).
    std::optional<SecretBytes> get(const Place& place);
    // Into the table. Throws Conflict if it is given from outside, which would hide it; Limit above 64 KiB.
    void put(const Place& place, std::string_view value);
    // False: the table has none.
    bool remove(const Place& place);
    std::vector<Listed> list();

    // `changed` is called after the value behind a name has become another, until unwatch(): within watch_interval, sooner
    // for changes made through this object.
    std::uint64_t watch(const Place& place, Changed changed);
    // When it returns, `changed` does not run and will not, unless this is called from within it.
    void unwatch(std::uint64_t id);

    // A new master key; both are accepted. Then everything is wrapped with it. Killed in between it is gone on with by
    // the next start() or rotate(). Answers how many secrets were wrapped anew.
    std::size_t rotate();
    // Wraps with the active master key what another wraps.
    std::size_t rewrap();
    std::string active_key_id();

    Counts counts() const;

  private:
    struct Watched {
        Place place;
        Changed changed;
        std::string mark;
    };

    Table& table();
    // The present content of the key file.
    std::shared_ptr<const KeyRing> keys();
    SecretBytes open_stored(const Place& place, const Envelope& envelope);
    std::string mark(const Place& place);
    void run();
    void look_for_changes();
    void tell(std::uint64_t id, const std::string& mark);
    void rewrap_in_background();

    const Settings settings_;
    const Sources sources_;
    database::Database& database_;
    const log::Logger logger_;
    std::unique_ptr<Table> table_;
    std::mutex keys_mutex_;
    std::shared_ptr<const KeyRing> keys_;
    std::string warned_mark_;  // of the key file that was complained of
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, Watched> watched_;
    std::uint64_t telling_ = 0;  // the watch whose callback runs
    bool look_now_ = false;
    bool stopping_ = false;
    std::string wrapped_with_;  // the key id with which nothing is left to wrap; own thread only
    std::thread thread_;
    struct Tally {
        std::atomic<std::uint64_t> reads{0}, writes{0}, failures{0}, rewrapped{0}, changes{0};
    };
    Tally tally_;
};

}  // namespace host::secrets
