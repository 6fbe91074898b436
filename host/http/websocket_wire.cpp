#include "host/http/websocket_wire.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "host/http/socket.hpp"

namespace host::http {

namespace {

constexpr std::size_t scratch_bytes = 64 * 1024;

// Of the sockets' thread. What is read goes through here, so that no socket has to keep such a buffer.
std::span<char> scratch() {
    thread_local std::vector<char> bytes(scratch_bytes);
    return bytes;
}
std::span<char> wire_scratch() {
    thread_local std::vector<char> bytes(scratch_bytes);
    return bytes;
}

int family_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
}

boost::system::error_code error_of(socket::Status status) {
    switch (status) {
        case socket::Status::Done:
            return {};
        case socket::Status::WouldBlock:
            return net::error::would_block;
        case socket::Status::End:
            return net::error::eof;
        case socket::Status::Failed:
            break;
    }
    return net::error::connection_reset;
}

}  // namespace

WebSocketWire::WebSocketWire(net::io_context& context, Handover handover)
    : executor_(context.get_executor()),
      socket_(context),
      tls_(std::move(handover.tls)),
      unread_(std::move(handover.unread)) {
    const int descriptor = handover.take_descriptor();
    socket_.assign(net::generic::stream_protocol(family_of(descriptor), 0), descriptor);
}

void WebSocketWire::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
}

std::size_t WebSocketWire::read_some(std::span<char> into, error_code& error) {
    const std::size_t size = read_any(into, error);
    if (const std::size_t small = fragments_.count({into.data(), size}); small != 0 && on_small_fragments_)
        on_small_fragments_(small);
    return size;
}

std::size_t WebSocketWire::read_any(std::span<char> into, error_code& error) {
    if (unread_.empty() && tls_) return read_tls(into, error);
    if (unread_.empty()) {
        const socket::Result result = socket::read(socket_.native_handle(), into);
        error = error_of(result.status);
        if (result.size != 0) read_at_ = core::Monotonic::now();
        return result.size;
    }
    const std::size_t size = unread_.copy(into.data(), into.size());
    unread_.erase(0, size);
    if (unread_.empty()) std::string().swap(unread_);
    return size;
}

std::size_t WebSocketWire::read_tls(std::span<char> into, error_code& error) {
    const std::span<char> plain = scratch();
    socket::Result result{};
    do {
        result = tls_->read(socket_.native_handle(), wire_scratch(), plain);
    } while (result.status == socket::Status::Done && result.size == 0 && result.more);
    if (result.status == socket::Status::Done) {
        read_at_ = core::Monotonic::now();
        // An answer of TLS itself, to a key update; what does not leave now goes with the next message.
        tls_->flush(socket_.native_handle());
    }
    error = result.status == socket::Status::Done && result.size == 0 ? net::error::would_block : error_of(result.status);
    const std::size_t size = std::min(result.size, into.size());
    std::copy_n(plain.data(), size, into.data());
    unread_.assign(plain.data() + size, result.size - size);
    return size;
}

std::size_t WebSocketWire::write_some(std::span<iovec> from, error_code& error) {
    if (tls_) {
        flush_tls(error);
        if (error) return 0;
        const std::size_t taken = tls_->encrypt(from);
        if (taken == 0) error = net::error::connection_reset;
        if (!error) flush_tls(error);
        if (error == net::error::would_block) error = {};
        return error ? 0 : taken;
    }
    const socket::Result result = socket::write(socket_.native_handle(), from);
    error = error_of(result.status);
    if (result.size != 0) written_at_ = core::Monotonic::now();
    return result.size;
}

void WebSocketWire::flush_tls(error_code& error) {
    while (tls_->has_output() && !error) {
        const socket::Result result = tls_->flush(socket_.native_handle());
        error = error_of(result.status);
        if (result.size != 0) written_at_ = core::Monotonic::now();
    }
}

void WebSocketWire::finish() {
    ending_since_ = core::Monotonic::now();
    if (!socket_.is_open()) return;
    if (tls_) {
        error_code ignored;
        tls_->finish();
        flush_tls(ignored);
    }
    socket::finish(socket_.native_handle());
}

bool WebSocketWire::has_ended() {
    if (!socket_.is_open()) return true;
    const socket::Result result = socket::read(socket_.native_handle(), scratch());
    return result.status == socket::Status::End || result.status == socket::Status::Failed;
}

}  // namespace host::http
