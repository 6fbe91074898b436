#include "host/http/compressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <limits>
#include <memory>

// The one place that knows zlib and libzstd.
namespace host::http {

namespace {

struct EndDeflate {
    void operator()(z_stream* stream) const {
        ::deflateEnd(stream);
        delete stream;
    }
};
struct FreeZstd {
    void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
};

using Deflate = std::unique_ptr<z_stream, EndDeflate>;
using Zstd = std::unique_ptr<ZSTD_CCtx, FreeZstd>;

Deflate make_deflate() {
    constexpr int level = 1;
    constexpr int gzip_wrapper = 16;
    constexpr int memory_level = 8;
    auto stream = std::make_unique<z_stream>();
    if (::deflateInit2(stream.get(), level, Z_DEFLATED, MAX_WBITS + gzip_wrapper, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
        return nullptr;
    return Deflate(stream.release());
}

// What does not fit is not worth having: the room is one byte less than the body.
std::optional<std::string> gzip(std::string_view body) {
    thread_local const Deflate stream = make_deflate();
    if (!stream || body.size() > std::numeric_limits<uInt>::max() || ::deflateReset(stream.get()) != Z_OK)
        return std::nullopt;
    std::string out(body.size() - 1, '\0');
    // zlib does not write through it; the type is C's.
    stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream->avail_in = static_cast<uInt>(body.size());
    stream->next_out = reinterpret_cast<Bytef*>(out.data());
    stream->avail_out = static_cast<uInt>(out.size());
    if (::deflate(stream.get(), Z_FINISH) != Z_STREAM_END) return std::nullopt;
    out.resize(out.size() - stream->avail_out);
    return out;
}

std::optional<std::string> zstd(std::string_view body) {
    constexpr int level = 1;
    thread_local const Zstd context(::ZSTD_createCCtx());
    if (!context) return std::nullopt;
    std::string out(body.size() - 1, '\0');
    const std::size_t size = ::ZSTD_compressCCtx(context.get(), out.data(), out.size(), body.data(), body.size(), level);
    if (::ZSTD_isError(size) != 0) return std::nullopt;
    out.resize(size);
    return out;
}

}  // namespace

std::optional<std::string> compress(Coding coding, std::string_view body) {
    if (body.empty() || coding == Coding::Identity) return std::nullopt;
    std::optional<std::string> smaller = coding == Coding::Gzip ? gzip(body) : zstd(body);
    // It was as large as the plain text; now it will wait for a slow reader.
    if (smaller) smaller->shrink_to_fit();
    return smaller;
}

}  // namespace host::http
