#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/http/exchange.hpp"
#include "host/http/open_file.hpp"

namespace host::http {

// A text and the bytes of the file that follow it.
struct FilePart {
    std::string text;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// Sends parts of a file with the length told before. A small body goes out in one piece; of a large one no more than
// http.stream_bytes_max is in memory, however slowly the client reads, and no thread waits for it: the file is read on the
// blocking pool, as much as there is room for. A file that becomes shorter meanwhile cuts the answer.
// On a thread that may block. `pool` outlives the exchange.
void send_file(const std::shared_ptr<Exchange>& exchange, core::ThreadPool& pool, Head head,
               std::shared_ptr<const OpenFile> file, std::vector<FilePart> parts);

}  // namespace host::http
