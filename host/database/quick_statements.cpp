#include "host/database/quick_statements.hpp"

#include <functional>

namespace host::database {

QuickStatements::Key QuickStatements::key_of(const std::string& owner, const std::string& sql) {
    const std::hash<std::string> hash;
    const Key key = hash(sql) ^ (hash(owner) * 3);
    return key == 0 ? 1 : key;
}

void QuickStatements::ran(Key key, std::chrono::nanoseconds duration) {
    if (duration <= quick_max) {
        slot(key).store(key, std::memory_order_relaxed);
    } else {
        forget(key);
    }
}

void QuickStatements::forget(Key key) {
    slot(key).compare_exchange_strong(key, 0, std::memory_order_relaxed);
}

}  // namespace host::database
