#pragma once

// Notes as JSON, and back.

#include <gantry/json.hpp>

#include "note.hpp"

namespace notes {

gantry::Json to_json(const Note& note);

// Each throws gantry::Error that names the field that is missing, unknown or of the wrong type.
Draft draft_from(const gantry::Json& json);
Change change_from(const gantry::Json& json);

}  // namespace notes
