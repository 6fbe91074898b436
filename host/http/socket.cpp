#include "host/http/socket.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace host::http::socket {

namespace {

Result failure() {
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Status::WouldBlock : Status::Failed, 0};
}

template <typename Call>
ssize_t retried(Call call) {
    ssize_t result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

}  // namespace

Result read(int descriptor, std::span<char> into) {
    const ssize_t size = retried([&] { return ::recv(descriptor, into.data(), into.size(), MSG_DONTWAIT); });
    if (size < 0) return failure();
    const auto taken = static_cast<std::size_t>(size);
    return {size == 0 ? Status::End : Status::Done, taken, taken == into.size()};
}

Result write(int descriptor, std::span<iovec> from) {
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    const ssize_t size = retried([&] {
        // The plain call is measurably cheaper, and one vector is the common case.
        if (from.size() == 1) return ::send(descriptor, from[0].iov_base, from[0].iov_len, flags);
        msghdr message{};
        message.msg_iov = from.data();
        message.msg_iovlen = from.size();
        return ::sendmsg(descriptor, &message, flags);
    });
    if (size < 0) return failure();
    return {Status::Done, static_cast<std::size_t>(size)};
}

void finish(int descriptor) {
    ::shutdown(descriptor, SHUT_WR);
}

}  // namespace host::http::socket
