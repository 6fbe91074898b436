#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gantry/json.hpp>

#include "host/check/trial.hpp"

namespace host::check {

// What a text that its schema does not restrict further is made of.
enum class Texts {
    Any,     // whatever the schema permits, odd characters among it
    Default  // left as it is by default: the schema says too little to make up one that the plugin can accept
};

// A value that the schema permits; nothing: it says too little. Knows what Gantry's own schemas use: type, enum, const,
// properties, required, items, the bounds, anyOf, oneOf, allOf of one, $ref into $defs and the usual formats. A pattern is
// beyond it.
std::optional<gantry::Json> permitted(const gantry::Json& schema, Random& random, Texts texts);

// A value with one fault, and what is wrong with it.
struct Faulty {
    gantry::Json value;
    std::string fault;
};
// `sound` with one fault in each place where the schema of an object forbids something.
std::vector<Faulty> forbidden(const gantry::Json& schema, const gantry::Json& sound);

}  // namespace host::check
