#include "host/http/static_files.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "host/core/ids.hpp"
#include "host/http/byte_ranges.hpp"
#include "host/http/conditional.hpp"
#include "host/http/content_coding.hpp"
#include "host/http/content_type.hpp"
#include "host/http/context.hpp"
#include "host/http/file_sender.hpp"
#include "host/http/open_file.hpp"
#include "host/http/single_field.hpp"

namespace host::http {

namespace {

[[noreturn]] void not_there() {
    throw core::Error(core::Code::NotFound, "nothing is served at this path");
}

bool has_hidden_component(std::string_view path) {
    return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

bool is_older(const struct stat& a, const struct stat& b) {
    return a.st_mtim.tv_sec != b.st_mtim.tv_sec ? a.st_mtim.tv_sec < b.st_mtim.tv_sec
                                                : a.st_mtim.tv_nsec < b.st_mtim.tv_nsec;
}

using Representation = StaticFiles::Representation;

Representation choose(const std::filesystem::path& directory, const std::string& path, OpenFile file,
                      const Request& request) {
    Representation plain{std::make_shared<const OpenFile>(std::move(file)), content_type_of(path)};
    plain.varies = is_compressible(plain.content_type);
    if (!plain.varies) return plain;
    // Asked again with what is there: a client that likes zstd best may find only gzip.
    for (const auto& offered : {std::vector{Coding::Zstd, Coding::Gzip}, std::vector{Coding::Gzip}}) {
        const Coding coding = offered.size() == 2 ? choose_coding(request, {Coding::Zstd, Coding::Gzip})
                                                  : choose_coding(request, {Coding::Gzip});
        if (coding == Coding::Identity) break;
        std::optional<OpenFile> sibling = open_below(directory, path + (coding == Coding::Zstd ? ".zst" : ".gz"));
        if (!sibling || !sibling->is_regular() || is_older(sibling->status(), plain.file->status())) continue;
        return {std::make_shared<const OpenFile>(std::move(*sibling)), plain.content_type, coding, true};
    }
    return plain;
}

// Size, time and place: a file that is replaced has another, also within one second.
std::string etag_of(const struct stat& status) {
    std::array<char, 80> text;
    const int size =
        std::snprintf(text.data(), text.size(), "\"%llx-%llx-%llx\"", static_cast<unsigned long long>(status.st_ino),
                      static_cast<unsigned long long>(status.st_size),
                      static_cast<unsigned long long>(status.st_mtim.tv_sec) * 1'000'000'000ULL +
                          static_cast<unsigned long long>(status.st_mtim.tv_nsec));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string content_range(const ByteRange& part, std::uint64_t size) {
    return "Content-Range: bytes " + std::to_string(part.first) + "-" + std::to_string(part.last) + "/" +
           std::to_string(size) + "\r\n";
}

// multipart/byteranges (RFC 9110 section 14.6).
std::vector<FilePart> multipart(const std::vector<ByteRange>& parts, const Representation& chosen, Head& head) {
    const std::string boundary = core::sortable_id();
    head.add_raw("Content-Type: multipart/byteranges; boundary=" + boundary + "\r\n");
    std::vector<FilePart> pieces;
    for (const ByteRange& part : parts) {
        std::string text = (pieces.empty() ? "--" : "\r\n--") + boundary + "\r\nContent-Type: ";
        text.append(chosen.content_type).append("\r\n").append(content_range(part, chosen.file->size())).append("\r\n");
        pieces.push_back({std::move(text), part.first, part.size()});
    }
    pieces.push_back({"\r\n--" + boundary + "--\r\n"});
    return pieces;
}

void refuse_range(Exchange& exchange, std::uint64_t size) {
    const Problem problem{.status = 416,
                          .code = "RANGE_NOT_SATISFIABLE",
                          .detail = "the file has " + std::to_string(size) + " bytes, none of the ranges lies within"};
    Head head = head_of(problem);
    head.add_raw("Content-Range: bytes */" + std::to_string(size) + "\r\n");
    exchange.send(std::move(head), Bytes(to_json(problem, exchange.request().path, exchange.request_id())));
}

}  // namespace

StaticFiles::StaticFiles(std::filesystem::path directory, core::ThreadPool& pool, Options options)
    : directory_(std::move(directory)), pool_(pool), options_(std::move(options)) {}

bool StaticFiles::are_installed() const {
    std::error_code failure;
    return std::filesystem::is_directory(directory_, failure);
}

void StaticFiles::serve(const std::shared_ptr<Exchange>& exchange, std::string_view wanted) const {
    if (has_hidden_component(wanted)) not_there();
    std::string path(wanted);
    if (path.empty() || path.ends_with('/')) path += "index.html";
    std::optional<OpenFile> file = open_below(directory_, path);
    if (file && file->is_directory() && open_below(directory_, path + "/index.html")) {
        // Relative links of the page need the slash. The path is the client's own and begins with a route's literal.
        Head head(308);
        head.add("Location", std::string(exchange->request().path) + "/");
        exchange->send(std::move(head), Bytes());
        return;
    }
    if (!file || !file->is_regular()) not_there();
    const Representation chosen = choose(directory_, path, std::move(*file), exchange->request());
    const Validators validators{etag_of(chosen.file->status()), chosen.file->status().st_mtim.tv_sec};
    std::string lines = validator_lines(validators) + "Cache-Control: " + options_.cache_control + "\r\n" + options_.lines;
    if (chosen.varies) lines += "Vary: Accept-Encoding\r\n";
    if (!is_not_modified(exchange->request(), validators)) return send(exchange, chosen, validators, lines);
    exchange->send(std::move(Head(304).add_raw(lines)), Bytes());
}

void StaticFiles::send(const std::shared_ptr<Exchange>& exchange, const Representation& chosen, const Validators& validators,
                       const std::string& lines) const {
    const std::uint64_t size = chosen.file->size();
    const Request& request = exchange->request();
    RangeWish wish;
    if (request.method == "GET" && may_send_ranges(request, validators))
        wish = parse_range(single_field(request, "Range"), size);
    if (wish.kind == RangeWish::Kind::Unsatisfiable) return refuse_range(*exchange, size);

    Head head(wish.kind == RangeWish::Kind::Parts ? 206 : 200);
    head.add_raw(lines).add_raw("Accept-Ranges: bytes\r\n");
    if (chosen.coding != Coding::Identity) head.add("Content-Encoding", name_of(chosen.coding));
    std::vector<FilePart> parts;
    if (wish.parts.size() > 1) {
        parts = multipart(wish.parts, chosen, head);
    } else {
        head.add("Content-Type", chosen.content_type);
        if (!wish.parts.empty()) head.add_raw(content_range(wish.parts.front(), size));
        parts.push_back(wish.parts.empty() ? FilePart{{}, 0, size}
                                           : FilePart{{}, wish.parts.front().first, wish.parts.front().size()});
    }
    send_file(exchange, pool_, std::move(head), chosen.file, std::move(parts));
}

}  // namespace host::http
