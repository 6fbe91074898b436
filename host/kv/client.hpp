#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "host/kv/store.hpp"

namespace host::kv {

// The store as one user sees it: a plugin instance, or the host itself. Its keys are its owner's: nobody sees another's.
// Any thread.
class Client {
  public:
    Client(Store& store, std::string owner);
    // As abandon().
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // The outcome if the store need not wait. Otherwise nothing, and what `make_completion` makes is called later, exactly
    // once (see Completion). Throws InvalidArgument for keys, values and numbers beyond the limits of request.hpp;
    // Unavailable and Busy at once when the store cannot take it; Cancelled after abandon(). Then nothing is called.
    template <typename MakeCompletion>
    std::optional<Outcome> run(Request request, MakeCompletion&& make_completion) {
        check(request);
        request.owner = owner_;
        std::optional<Outcome> outcome = store_.now(request);
        if (!outcome) begin(request, make_completion());
        return outcome;
    }

    // Waits until the last completion has returned (kv.deadline bounds it) and takes nothing more. Not from a completion.
    void abandon();

  private:
    struct Open {
        std::mutex mutex;
        std::condition_variable none;
        std::size_t count = 0;
        bool abandoned = false;
    };

    static void check(const Request& request);
    void begin(const Request& request, Completion completion);

    Store& store_;
    const std::string owner_;
    const std::shared_ptr<Open> open_ = std::make_shared<Open>();
};

}  // namespace host::kv
