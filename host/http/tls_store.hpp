#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "host/core/locked.hpp"
#include "host/http/tls_context.hpp"
#include "host/log/logger.hpp"

namespace host::http {

// The certificates that new connections are served with. Any thread but for the constructor and reload().
class TlsStore {
  public:
    // Throws InvalidArgument for files that cannot serve.
    TlsStore(const Tls& settings, log::Logger logger);

    // Reads the files anew. Throws InvalidArgument for files that cannot serve; then the former ones serve on. [control]
    void reload();
    std::shared_ptr<const TlsContext> current() const;
    // Logs certificates that end soon; at most once a day, so that it may be called often.
    void warn_of_expiry();

  private:
    void log_expiry() const;

    const Tls settings_;
    const log::Logger logger_;
    TicketKeys tickets_;
    core::Locked<std::shared_ptr<const TlsContext>> current_;
    std::atomic<std::uint64_t> next_warning_ns_{0};
};

}  // namespace host::http
