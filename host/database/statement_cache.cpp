#include "host/database/statement_cache.hpp"

namespace host::database {

std::string_view StatementCache::key_of(const std::string& owner, const std::string& sql) {
    key_.assign(owner);
    key_ += '\0';
    key_ += sql;
    return key_;
}

const std::string* StatementCache::find(const std::string& owner, const std::string& sql) {
    const auto found = by_key_.find(key_of(owner, sql));
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->name;
}

const std::string& StatementCache::insert(const std::string& owner, const std::string& sql,
                                          std::optional<std::string>& evicted) {
    if (entries_.size() >= size_max_) {
        evicted = std::move(entries_.back().name);
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
    // A prefix of our own: SOCI names its statements st_N on the same connection.
    entries_.push_front({std::string(key_of(owner, sql)), "gantry_" + std::to_string(++names_given_)});
    by_key_.emplace(entries_.front().key, entries_.begin());
    return entries_.front().name;
}

std::optional<std::string> StatementCache::erase(const std::string& owner, const std::string& sql) {
    const auto found = by_key_.find(key_of(owner, sql));
    if (found == by_key_.end()) return std::nullopt;
    const auto entry = found->second;
    std::string name = std::move(entry->name);
    by_key_.erase(found);
    entries_.erase(entry);
    return name;
}

void StatementCache::clear() {
    by_key_.clear();
    entries_.clear();
}

}  // namespace host::database
