#pragma once

#include <filesystem>
#include <string>

namespace host::openapi {

struct Settings {
    std::string title = "Gantry";
    std::string server_url = "/";  // where clients find the host: behind a proxy, "https://api.example.org"
    bool pages = true;             // /docs and /redoc
    std::filesystem::path pages_directory = "/usr/share/gantry/docs-ui";
};

}  // namespace host::openapi
