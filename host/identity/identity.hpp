#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/locked.hpp"
#include "host/http/authenticator.hpp"
#include "host/identity/host_tokens.hpp"

namespace host::identity {

// A plugin that tells who calls.
class Provider {
  public:
    virtual ~Provider() = default;
    // As http::Authenticator::ask().
    virtual void ask(const std::shared_ptr<http::Exchange>& exchange, std::function<void(http::Verdict)> decided) = 0;
};

// Who calls: for the host's own routes a token of the host's, for everything else the plugin that provides the answer.
// While no plugin does, only the host's own routes can be reached by known callers.
class Identity : public http::Authenticator {
  public:
    HostTokens& tokens() { return tokens_; }

    // `provider` answers from now on, in the place of the one before.
    void activate(std::shared_ptr<Provider> provider);
    // `provider` answers no more; nothing if another has taken its place.
    void revoke(const Provider& provider);

    void ask(const std::shared_ptr<http::Exchange>& exchange, std::function<void(http::Verdict)> decided) override;

  private:
    HostTokens tokens_;
    core::Locked<std::shared_ptr<Provider>> provider_;
};

// The token of "Authorization: Bearer ..." (RFC 6750 section 2.1); empty: none.
std::string_view bearer_token(const http::Exchange& exchange);

}  // namespace host::identity
