#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "host/http/authenticator.hpp"
#include "host/http/problem.hpp"
#include "host/http/route.hpp"

namespace host::http {

// Why a principal, or nobody, may not use a route; nothing: it may. Names the scopes that are missing.
std::optional<Problem> refusal_of(const Verdict& verdict, const Route& route);

// A question to the authenticator whose answer may come inside the call or later, from another thread: whoever is second
// of the dispatching thread, which must first leave the request in a state that outlives it, and the answer, goes on.
class Question {
  public:
    using Continue = std::function<void(const Verdict&)>;

    // The answer. Calls what leave() gave, if that has been.
    void decide(Verdict verdict);
    // The dispatching thread after ask(): the verdict if it has come; otherwise `later` gets it, on the thread that decides,
    // and `prepare` is called first.
    std::optional<Verdict> leave(const std::function<void()>& prepare, Continue later);

  private:
    std::mutex mutex_;
    std::optional<Verdict> verdict_;
    Continue later_;
};

}  // namespace host::http
