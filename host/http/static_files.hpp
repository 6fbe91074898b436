#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/thread_pool.hpp"
#include "host/http/conditional.hpp"
#include "host/http/content_coding.hpp"
#include "host/http/exchange.hpp"
#include "host/http/open_file.hpp"

namespace host::http {

// The files below a directory, for routes of the host: GET and HEAD, conditional and in parts (RFC 9110 sections 13 and 14).
//
// "a.js.zst" and "a.js.gz" beside "a.js" are sent in its place to clients that take them, unless they are older. A directory
// is its index.html, at the path with a slash at its end. What is no regular file, begins with a dot, or lies outside of the
// directory, also by way of a link, is not there.
class StaticFiles {
  public:
    struct Options {
        std::string cache_control = "no-cache";  // "no-cache": kept, but asked for again each time
        std::string lines = {};                  // header lines for every file, "Name: value\r\n"
    };
    // `pool` is for large files; it outlives every exchange.
    StaticFiles(std::filesystem::path directory, core::ThreadPool& pool, Options options);

    // Is the directory there?
    bool are_installed() const;
    // Answers with the file of that name, decoded and relative; 404 if there is none. [blocking]: the route must be
    // `blocking`.
    void serve(const std::shared_ptr<Exchange>& exchange, std::string_view path) const;

    // A file chosen, in the coding chosen.
    struct Representation {
        std::shared_ptr<const OpenFile> file;
        std::string_view content_type;
        Coding coding = Coding::Identity;
        bool varies = false;
    };

  private:
    void send(const std::shared_ptr<Exchange>& exchange, const Representation& chosen, const Validators& validators,
              const std::string& lines) const;

    const std::filesystem::path directory_;
    core::ThreadPool& pool_;
    const Options options_;
};

}  // namespace host::http
