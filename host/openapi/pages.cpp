#include "host/openapi/pages.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/http/exchange.hpp"
#include "host/http/static_files.hpp"

namespace host::openapi {

namespace {

using http::Exchange;
using http::StaticFiles;

// "https://api.example.org/v1" -> " https://api.example.org": where the pages send what a reader tries, besides the host
// that serves them.
std::string other_origin(const std::string& server_url) {
    const std::size_t scheme = server_url.find("://");
    if (scheme == std::string::npos) return {};
    return " " + server_url.substr(0, server_url.find('/', scheme + 3));
}

// All comes from the host itself; scripts are files, without exception. Both pages have pictures within their styles.
// What ReDoc needs more: it writes its styles into the page, and its search runs in a worker that it makes of a text.
std::string policy(const Settings& settings, std::string_view more) {
    return "Content-Security-Policy: default-src 'self'; connect-src 'self'" + other_origin(settings.server_url) +
           "; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" +
           std::string(more) + "\r\n";
}

std::shared_ptr<const StaticFiles> files_under(const std::string& policy, const Settings& settings, core::ThreadPool& pool) {
    return std::make_shared<const StaticFiles>(settings.pages_directory, pool,
                                               StaticFiles::Options{.cache_control = "no-cache", .lines = policy});
}

http::Route page(const char* pattern, std::function<std::string(const Exchange&)> file,
                 const std::shared_ptr<const StaticFiles>& files) {
    http::Route route;
    route.method = "GET";
    route.pattern = pattern;
    route.owner = "host";
    route.summary = "The API for people";
    route.internal = true;
    route.blocking = true;
    route.handle = [files, file = std::move(file)](const std::shared_ptr<Exchange>& exchange) {
        if (files->are_installed()) return files->serve(exchange, file(*exchange));
        exchange->fail(http::Problem{.status = 503,
                                     .code = "DOCS_NOT_INSTALLED",
                                     .detail = "the files of the documentation pages are not installed"});
    };
    return route;
}

}  // namespace

std::vector<http::Route> page_routes(const Settings& settings, core::ThreadPool& pool) {
    if (!settings.pages) return {};
    const auto files = files_under(policy(settings, ""), settings, pool);
    const auto redoc =
        files_under(policy(settings, "; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:"), settings, pool);
    const auto always = [](const char* name) { return [name](const Exchange&) { return std::string(name); }; };
    return {page("/docs", always("docs.html"), files), page("/redoc", always("redoc.html"), redoc),
            page(
                "/docs/ui/{file...}", [](const Exchange& exchange) { return exchange.params().front().value; }, files)};
}

}  // namespace host::openapi
