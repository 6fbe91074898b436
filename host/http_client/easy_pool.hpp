#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <vector>

namespace host::http_client {

// Easy handles that were used before: to make one costs as much as all else that a short call costs. Of the client's
// thread alone.
class EasyPool {
  public:
    EasyPool() = default;
    EasyPool(const EasyPool&) = delete;
    EasyPool& operator=(const EasyPool&) = delete;
    ~EasyPool();

    // With every option at its default; null when memory is short.
    CURL* take();
    // Not in any multi handle any more. Forgets what was set: nothing of a call reaches the next.
    void give_back(CURL* easy) noexcept;

  private:
    static constexpr std::size_t kept_max = 64;
    std::vector<CURL*> kept_;
};

}  // namespace host::http_client
