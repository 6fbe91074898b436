#include "host/config/settings_sections.hpp"

namespace host::config {

// Part of `http`, for that is where an administrator looks for what is served.
void add_openapi_settings(Settings& all) {
    using OpenApi = host::openapi::Settings;
    Section<Config, OpenApi> http(all, "http", [](Config& config) -> OpenApi& { return config.openapi; });
    http.add("api_title", &OpenApi::title, "The title of the API's document", {{"minLength", 1}, {"maxLength", 200}});
    http.add("public_url", &OpenApi::server_url, "Where clients find the host, for the API's document",
             {{"pattern", "^(/|https?://[^/\\s?#]+)[^\\s?#]*$"}});
    http.add("docs", &OpenApi::pages, "Pages that show the API's document: /docs and /redoc");
    http.add("docs_directory", &OpenApi::pages_directory, "The files of these pages");
}

}  // namespace host::config
