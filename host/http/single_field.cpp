#include "host/http/single_field.hpp"

namespace host::http {

std::string_view single_field(const Request& request, std::string_view name) {
    const Field* found = nullptr;
    for (const Field& field : request.fields) {
        if (field.name.size() != name.size() || !equal_names(field.name, name)) continue;
        if (found != nullptr) return {};
        found = &field;
    }
    return found != nullptr ? found->value : std::string_view();
}

}  // namespace host::http
