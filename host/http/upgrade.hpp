#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "host/http/tls_channel.hpp"

namespace host::http {

// A connection on its way out of HTTP, with all that was read of it and not understood.
class Handover {
  public:
    Handover(int descriptor, std::unique_ptr<TlsChannel> tls, std::string unread)
        : tls(std::move(tls)), unread(std::move(unread)), descriptor_(descriptor) {}
    Handover(Handover&& other) noexcept
        : tls(std::move(other.tls)), unread(std::move(other.unread)), descriptor_(std::exchange(other.descriptor_, -1)) {}
    Handover& operator=(Handover&&) = delete;
    ~Handover() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int descriptor() const { return descriptor_; }
    int take_descriptor() { return std::exchange(descriptor_, -1); }

    std::unique_ptr<TlsChannel> tls;  // null: plain
    std::string unread;               // already without TLS

  private:
    int descriptor_;
};

// Who takes connections over.
class UpgradeTarget {
  public:
    virtual ~UpgradeTarget() = default;
    // One of the two, once, on any thread.
    virtual void adopt(Handover handover) = 0;
    virtual void lost() = 0;
};

// The right to one connection. Destroyed unredeemed, the connection has gone before.
class UpgradeTicket {
  public:
    UpgradeTicket() = default;
    explicit UpgradeTicket(std::shared_ptr<UpgradeTarget> target) : target_(std::move(target)) {}
    UpgradeTicket(UpgradeTicket&& other) noexcept = default;
    UpgradeTicket& operator=(UpgradeTicket&& other) noexcept {
        std::swap(target_, other.target_);
        return *this;
    }
    ~UpgradeTicket() {
        if (target_) target_->lost();
    }

    void redeem(Handover handover) { std::exchange(target_, nullptr)->adopt(std::move(handover)); }

  private:
    std::shared_ptr<UpgradeTarget> target_;
};

}  // namespace host::http
