#pragma once

#include <string>

namespace host::identity {

struct Settings {
    std::string admin_token;  // opens the host's own routes; empty: none does
};

}  // namespace host::identity
