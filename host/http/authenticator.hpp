#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace host::http {

class Exchange;

// Who calls.
struct Principal {
    std::string id;            // "usr_..."
    std::string organisation;  // "org_..."; empty: none
    std::vector<std::string> scopes;
    std::string json;  // all of it, as handlers see it
};

// What the credentials of a request came to.
struct Verdict {
    enum class Outcome : std::uint8_t {
        Known,        // `principal` calls
        Anonymous,    // no credentials
        Wrong,        // credentials that are not, or no longer, right
        Unavailable,  // nobody can tell: nobody may
    };
    Outcome outcome = Outcome::Unavailable;
    std::shared_ptr<const Principal> principal = nullptr;  // Known
};

// Tells who calls. Asked for every request to a route that is not public.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    // Calls `decided` once, inside the call or later, on any thread. Must not block. Worker.
    virtual void ask(const std::shared_ptr<Exchange>& exchange, std::function<void(Verdict)> decided) = 0;
};

}  // namespace host::http
