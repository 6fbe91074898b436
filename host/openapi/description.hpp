#pragma once

#include <string>
#include <vector>

namespace host::openapi {

// Who owns routes: a plugin, or the host itself.
struct Owner {
    std::string id;
    std::string version;
    std::string summary;  // of its manifest
};

// What the document says beside the routes.
struct Description {
    std::string title;
    std::string version;
    std::string server_url;  // "/", or where a proxy shows the host
    std::vector<Owner> owners;
};

}  // namespace host::openapi
