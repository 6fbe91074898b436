#pragma once

#include "host/core/error.hpp"

namespace host::core {

// Does it carry PostgreSQL's words?
bool is_of_database(const Error& error);
// What plugins and clients are told when a statement of the host's own failed: that the database was in the way, never its
// words, which are for the log. Other errors stay as they are.
Error without_database_words(const Error& error);

}  // namespace host::core
