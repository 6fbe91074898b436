#pragma once

#include <optional>
#include <string>

#include <gantry/abi/base.h>

namespace host::database {

// A parameter on its way to PostgreSQL: a copy of its own, in the form in which it is sent. The server infers its type.
class Value {
  public:
    // Throws InvalidArgument for a text that holds a NUL byte, which PostgreSQL cannot store, and for an unknown type.
    explicit Value(const gantry_value& value);

    // Null for NULL.
    const char* data() const { return wire_ ? wire_->c_str() : nullptr; }
    int size() const { return wire_ ? static_cast<int>(wire_->size()) : 0; }
    bool binary() const { return binary_; }

  private:
    std::optional<std::string> wire_;
    bool binary_;
};

// Nothing: NULL. Bytes stay as they are. Throws as Value does.
std::optional<std::string> wire_form(const gantry_value& value);

}  // namespace host::database
