#include "host/http/tls_store.hpp"

#include <utility>

#include "host/core/clock.hpp"
#include "host/http/certificate_end.hpp"

namespace host::http {

namespace {

constexpr std::uint64_t day_ns = 24ULL * 60 * 60 * 1'000'000'000;

}  // namespace

TlsStore::TlsStore(const Tls& settings, log::Logger logger) : settings_(settings), logger_(std::move(logger)) {
    reload();
}

void TlsStore::reload() {
    auto fresh = std::make_shared<const TlsContext>(settings_, tickets_);
    current_.with([&](auto& current) { current.swap(fresh); });
    next_warning_ns_ = 0;
    warn_of_expiry();
}

std::shared_ptr<const TlsContext> TlsStore::current() const {
    return current_.with([](const auto& current) { return current; });
}

void TlsStore::warn_of_expiry() {
    // A wall clock that was set back would keep it quiet for as long.
    const std::uint64_t now = core::mono_ns();
    std::uint64_t due = next_warning_ns_;
    // Many workers ask, one of them warns.
    if (now < due || !next_warning_ns_.compare_exchange_strong(due, now + day_ns)) return;
    log_expiry();
}

void TlsStore::log_expiry() const {
    const auto now = std::chrono::system_clock::now();
    for (const CertificateEnd& end : ending_certificates(current()->certificates(), now)) {
        logger_.warn(end.is_past(now) ? "a certificate has ended" : "a certificate ends soon",
                     {{"certificate", end.name},
                      {"not_after", core::rfc3339(core::to_wall_us(end.not_after))},
                      {"detail", end.text(now)}});
    }
}

}  // namespace host::http
