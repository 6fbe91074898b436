#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "host/database/access.hpp"
#include "host/log/logger.hpp"

namespace host::database {

struct MigrationState {
    enum class Kind {
        Applied,
        Pending,
        Edited,  // applied, then changed on disk
        Missing  // applied, but the file is not there
    };
    int number;
    std::string name;
    Kind kind;
    std::string applied_at;  // RFC 3339, UTC; empty if pending
};

// Brings the schema of an owner to what the files of its folder say. Owner "gantry" is the host itself. Each call uses a
// connection of its own; several hosts may call at once, one works and the others wait. Any thread that may block.
class Migrator {
  public:
    Migrator(Access access, log::Logger logger, std::chrono::milliseconds lock_deadline = std::chrono::seconds(60));

    // Makes role and schema, then runs what is pending, each file in a transaction of its own, as the owner's role.
    // Answers how many. Throws Conflict if the files contradict what was applied (edited, out of order, gone, database
    // newer), InvalidArgument for misnamed files, Busy if another host holds the lock for too long, else what the
    // script's statement failed with; `where` is file or file:line.
    std::size_t apply(const std::string& owner, const std::filesystem::path& directory) const;
    // Changes nothing.
    std::vector<MigrationState> status(const std::string& owner, const std::filesystem::path& directory) const;

  private:
    const Access access_;
    const log::Logger logger_;
    const std::chrono::milliseconds lock_deadline_;
};

}  // namespace host::database
