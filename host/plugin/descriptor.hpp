#pragma once

#include <unistd.h>

#include <utility>

namespace host::plugin {

// Owns a file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    explicit operator bool() const { return number_ >= 0; }
    int get() const { return number_; }
    // From here on nobody closes it.
    int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

}  // namespace host::plugin
