#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>

// The only place where bytes of a connection leave and enter the process.
namespace host::http::socket {

enum class Status { Done, WouldBlock, End, Failed };

struct Result {
    Status status;
    std::size_t size;
    bool more = false;  // of a read: there may be more at once
};

// End: the peer will send no more.
Result read(int descriptor, std::span<char> into);
Result write(int descriptor, std::span<iovec> from);
// Tells the peer that no more will come from us.
void finish(int descriptor);

}  // namespace host::http::socket
