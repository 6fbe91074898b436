#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/locked.hpp"
#include "host/http/authenticator.hpp"

namespace host::identity {

// Bearer tokens that open the host's own routes, and nothing else: the administrator's, and the one that the command line
// finds in the data directory. Only their digests are kept.
class HostTokens {
  public:
    // Shorter ones could be guessed. Throws InvalidArgument.
    static constexpr std::size_t token_bytes_min = 24;

    // In place of the token that the principal had.
    void set(std::string_view token, http::Principal principal);
    void remove(std::string_view principal_id);
    // Whose it is; null: nobody's. Takes the same time for every wrong one.
    std::shared_ptr<const http::Principal> find(std::string_view token) const;

  private:
    struct Known {
        std::string digest;
        std::shared_ptr<const http::Principal> principal;
    };
    core::Locked<std::vector<Known>> known_;
};

}  // namespace host::identity
