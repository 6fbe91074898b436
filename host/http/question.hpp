#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace host::http {

// A question whose answer may come inside the call or later, from another thread: whoever is second of the dispatching
// thread, which must first leave the request in a state that outlives it, and the answer, goes on.
template <typename Answer>
class Question {
  public:
    using Continue = std::function<void(const Answer&)>;

    // The answer. Calls what leave() gave, if that has been.
    void decide(Answer answer) {
        Continue later;
        {
            const std::lock_guard lock(mutex_);
            if (answer_) return;
            answer_ = std::move(answer);
            later = std::move(later_);
        }
        if (later) later(*answer_);
    }

    // The dispatching thread after it has asked: the answer if it has come; otherwise `later` gets it, on the thread that
    // decides, and `prepare` is called first.
    std::optional<Answer> leave(const std::function<void()>& prepare, Continue later) {
        {
            const std::lock_guard lock(mutex_);
            if (answer_) return answer_;
        }
        prepare();
        const std::lock_guard lock(mutex_);
        if (answer_) return answer_;
        later_ = std::move(later);
        return std::nullopt;
    }

  private:
    std::mutex mutex_;
    std::optional<Answer> answer_;
    Continue later_;
};

}  // namespace host::http
