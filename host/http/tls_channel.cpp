#include "host/http/tls_channel.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

#include "host/core/error.hpp"

namespace host::http {

namespace {

// What is encrypted before the socket gets its turn.
constexpr std::size_t encrypt_bytes_max = 64 * 1024;
constexpr std::size_t plain_record_bytes_max = 16 * 1024;
// An idle connection keeps no more of its output buffer than a small answer needs.
constexpr std::size_t kept_output_bytes_max = 1024;

}  // namespace

// Instead of BIO_s_mem, which would copy every byte once more and keep a buffer for each direction of each connection.
struct TlsChannel::Callbacks {
    static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
        static_cast<TlsChannel*>(BIO_get_data(bio))->output_.append(bytes, size);
        *written = size;
        return 1;
    }
    static int read(BIO* bio, char* into, std::size_t size, std::size_t* taken) {
        std::string_view& input = static_cast<TlsChannel*>(BIO_get_data(bio))->input_;
        BIO_clear_retry_flags(bio);
        *taken = input.copy(into, size);
        input.remove_prefix(*taken);
        if (*taken != 0) return 1;
        BIO_set_retry_read(bio);
        return 0;
    }
    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static const BIO_METHOD* method() {
        static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made = [] {
            BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gantry");
            BIO_meth_set_write_ex(fresh, write);
            BIO_meth_set_read_ex(fresh, read);
            BIO_meth_set_ctrl(fresh, control);
            return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(fresh, &BIO_meth_free);
        }();
        return made.get();
    }
};

void TlsChannel::Free::operator()(ssl_st* session) const {
    SSL_free(session);
}

TlsChannel::TlsChannel(std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), session_(context_->make_session()) {
    BIO* bio = BIO_new(Callbacks::method());
    if (bio == nullptr) throw core::Error{core::Code::Unavailable, "no memory for a TLS connection"};
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);  // owns it now
}

TlsChannel::~TlsChannel() = default;

socket::Result TlsChannel::read(int descriptor, std::span<char> wire, std::span<char> into) {
    if (ended_) return {socket::Status::End, 0};
    // Never more than fits in `into` together with a record that was begun before, so that nothing is left in `wire`.
    const std::size_t room = std::min(wire.size(), into.size() - record_bytes_max);
    const socket::Result got = socket::read(descriptor, wire.first(room));
    if (got.status != socket::Status::Done) return got;
    feed({wire.data(), got.size});
    std::size_t filled = 0;
    for (;;) {
        const socket::Result result = take(into.subspan(filled));
        filled += result.size;
        switch (result.status) {
            case socket::Status::Done:
                break;
            case socket::Status::WouldBlock:
                return {socket::Status::Done, filled, got.more};
            case socket::Status::End:
                return {socket::Status::Done, filled, true};  // to be told by the next read
            case socket::Status::Failed:
                flush(descriptor);  // the alert that says why
                return {socket::Status::Failed, 0};
        }
    }
}

socket::Result TlsChannel::take(std::span<char> into) {
    if (ended_) return {socket::Status::End, 0};
    std::size_t size = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(session_.get(), into.data(), into.size(), &size);
    if (!established_ && SSL_is_init_finished(session_.get()) == 1) establish();
    if (result == 1) return {socket::Status::Done, size};
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {socket::Status::WouldBlock, 0};
        case SSL_ERROR_ZERO_RETURN:
            ended_ = true;
            return {socket::Status::End, 0};
        default:
            ERR_clear_error();
            finished_ = true;  // after an alert no close_notify follows
            return {socket::Status::Failed, 0};
    }
}

void TlsChannel::establish() {
    established_ = true;
    X509* certificate = SSL_get0_peer_certificate(session_.get());
    if (certificate == nullptr || SSL_get_verify_result(session_.get()) != X509_V_OK) return;
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
    // ASN1_STRFLGS_ESC_CTRL is part of it: no control character comes through.
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(text.get(), &bytes);
    if (size > 0) client_subject_.assign(bytes, static_cast<std::size_t>(size));
}

std::size_t TlsChannel::encrypt(std::span<const iovec> plain) {
    // A record for each small piece would cost more than gathering them.
    thread_local std::array<char, plain_record_bytes_max> gathered;
    const void* from = plain.front().iov_base;
    std::size_t size = std::min(plain.front().iov_len, encrypt_bytes_max);
    if (plain.size() > 1 && size < gathered.size()) {
        size = 0;
        for (const iovec& piece : plain) {
            const std::size_t taken = std::min(piece.iov_len, gathered.size() - size);
            std::copy_n(static_cast<const char*>(piece.iov_base), taken, gathered.data() + size);
            size += taken;
        }
        from = gathered.data();
    }
    std::size_t written = 0;
    ERR_clear_error();
    if (SSL_write_ex(session_.get(), from, size, &written) == 1) return written;
    ERR_clear_error();
    finished_ = true;
    return 0;
}

void TlsChannel::output_sent(std::size_t size) {
    sent_ += size;
    if (has_output()) return;
    sent_ = 0;
    output_.clear();
    if (output_.capacity() > kept_output_bytes_max) std::string().swap(output_);
}

socket::Result TlsChannel::flush(int descriptor) {
    const std::string_view rest = output();
    if (rest.empty()) return {socket::Status::Done, 0};
    // sendmsg() does not write through it; the type is C's.
    iovec vector{const_cast<char*>(rest.data()), rest.size()};
    const socket::Result result = socket::write(descriptor, {&vector, 1});
    output_sent(result.size);
    return result;
}

void TlsChannel::finish() {
    if (finished_ || !established_) return;
    finished_ = true;
    ERR_clear_error();
    SSL_shutdown(session_.get());
    ERR_clear_error();
}

}  // namespace host::http
