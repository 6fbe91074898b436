#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace host::database {

// Which statements are prepared on one connection, by (owner, SQL): the least recently used leaves first. Knows names
// only; preparing and deallocating is the connection's part.
class StatementCache {
  public:
    explicit StatementCache(std::size_t size_max) : size_max_(size_max) {}

    // The name under which it is prepared; valid until the next change.
    const std::string* find(const std::string& owner, const std::string& sql);
    // Gives it a name that this connection never had. `evicted`: the name of the one that had to leave.
    const std::string& insert(const std::string& owner, const std::string& sql, std::optional<std::string>& evicted);
    // Forgets it; answers its name.
    std::optional<std::string> erase(const std::string& owner, const std::string& sql);
    void clear();
    std::size_t size() const { return by_key_.size(); }

  private:
    struct Entry {
        std::string key;
        std::string name;
    };
    using Entries = std::list<Entry>;

    // Into a buffer of its own, so that a look-up allocates nothing.
    std::string_view key_of(const std::string& owner, const std::string& sql);

    const std::size_t size_max_;
    std::string key_;
    unsigned long names_given_ = 0;
    Entries entries_;                                                 // most recently used first
    std::unordered_map<std::string_view, Entries::iterator> by_key_;  // views into entries_
};

}  // namespace host::database
