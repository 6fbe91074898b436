#pragma once

#include <memory>
#include <string>

#include <gantry/abi/database.h>

#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/database/database.hpp"

namespace host::bridge {

// gantry.database/1 for one plugin instance: its statements as its role, their completions through the gate.
class DatabaseService : public ServiceSide {
  public:
    // `database` may be null: then every call is answered Unavailable.
    DatabaseService(const std::string& owner, database::Database* database, std::shared_ptr<core::Gate> gate);

    static const gantry_database& table();

    gantry_id query(const gantry_query& query, gantry_rows_done done, void* user);
    gantry_id copy_in(const gantry_copy& copy, gantry_rows_done done, void* user);
    void begin(const gantry_transaction* options, gantry_begin_done done, void* user);
    void end(gantry_id transaction, database::Ending ending, gantry_done done, void* user);
    void cancel(gantry_id operation);

    // Cancels what is open; the completions have been delivered when it returns. The gate must still be open.
    void silence() override;

    // For services that work inside the plugin's transactions. Throws Unavailable.
    database::Client& client() const;

  private:
    const std::shared_ptr<core::Gate> gate_;
    const std::unique_ptr<database::Client> client_;
};

}  // namespace host::bridge
