#pragma once

#include <chrono>

#include "host/database/connection.hpp"

namespace host::database {

// The right to migrate this database, as long as the object lives. Throws Busy, naming the holder.
class MigrationLock {
  public:
    MigrationLock(Connection& connection, std::chrono::milliseconds wait_max);
    ~MigrationLock();
    MigrationLock(const MigrationLock&) = delete;
    MigrationLock& operator=(const MigrationLock&) = delete;

  private:
    Connection& connection_;
};

}  // namespace host::database
