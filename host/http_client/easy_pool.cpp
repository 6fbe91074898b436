#include "host/http_client/easy_pool.hpp"

namespace host::http_client {

EasyPool::~EasyPool() {
    for (CURL* easy : kept_)
        curl_easy_cleanup(easy);
}

CURL* EasyPool::take() {
    if (kept_.capacity() == 0) kept_.reserve(kept_max);
    if (kept_.empty()) return curl_easy_init();
    CURL* easy = kept_.back();
    kept_.pop_back();
    return easy;
}

void EasyPool::give_back(CURL* easy) noexcept {
    if (kept_.size() >= kept_.capacity()) return curl_easy_cleanup(easy);
    curl_easy_reset(easy);
    kept_.push_back(easy);
}

}  // namespace host::http_client
