#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace host::core {

// What plugins have declared and nobody has written down yet: in the order in which it came, of each plugin only the last.
// It stays here until it is written, or withdrawn because it does not count any more. Guarded by its owner's lock.
template <typename Declared>
class Declarations {
  public:
    using Pointer = std::shared_ptr<const Declared>;

    void add(Pointer declared) {
        std::erase_if(waiting_, [&](const Pointer& each) { return each->plugin == declared->plugin; });
        waiting_.push_back(std::move(declared));
    }
    // It is written, or to be written no more.
    void remove(const Pointer& declared) { std::erase(waiting_, declared); }

    bool empty() const { return waiting_.empty(); }
    // Null: none.
    Pointer first() const { return waiting_.empty() ? nullptr : waiting_.front(); }

  private:
    std::vector<Pointer> waiting_;
};

}  // namespace host::core
