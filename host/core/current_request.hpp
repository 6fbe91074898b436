#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace host::core {

// Which request the code on this thread works for, so that log lines can tell: from construction to destruction, and then
// again the one before.
class CurrentRequest {
  public:
    // An id to be kept for what is completed later; null: of no request.
    using Id = std::shared_ptr<const std::string>;

    // `id` outlives the object.
    explicit CurrentRequest(const std::string& id) : id_(&id), outer_(innermost) { innermost = this; }
    explicit CurrentRequest(Id id) : id_(id.get()), kept_(std::move(id)), outer_(innermost) { innermost = this; }
    ~CurrentRequest() { innermost = outer_; }
    CurrentRequest(const CurrentRequest&) = delete;
    CurrentRequest& operator=(const CurrentRequest&) = delete;

    // Empty: none.
    static std::string_view id() {
        return innermost != nullptr && innermost->id_ != nullptr ? *innermost->id_ : std::string_view();
    }
    static Id keep() {
        if (innermost == nullptr || innermost->id_ == nullptr) return nullptr;
        if (innermost->kept_ == nullptr) innermost->kept_ = std::make_shared<const std::string>(*innermost->id_);
        return innermost->kept_;
    }

  private:
    static inline thread_local CurrentRequest* innermost = nullptr;

    const std::string* const id_;
    Id kept_;
    CurrentRequest* const outer_;
};

}  // namespace host::core
