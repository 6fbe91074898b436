#include "host/services/accounts.hpp"

namespace host::services {

void Accounts::Entry::end(bool failed, std::chrono::nanoseconds time) {
    ++calls_;
    if (failed) ++errors_;
    time_ns_ += time.count();
    --in_flight_;
}

Accounts::Entry& Accounts::of(const std::string& caller, const std::string& service, const std::string& method) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Entry>& entry = entries_[{caller, service, method}];
    if (!entry) entry = std::make_unique<Entry>();
    return *entry;
}

std::vector<Account> Accounts::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<Account> all;
    all.reserve(entries_.size());
    for (const auto& [key, entry] : entries_) {
        all.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), entry->calls_, entry->errors_,
                       entry->in_flight_, std::chrono::nanoseconds(entry->time_ns_)});
    }
    return all;
}

}  // namespace host::services
