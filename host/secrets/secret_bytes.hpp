#pragma once

#include <cstddef>
#include <string_view>

namespace host::secrets {

// Memory for a secret: pages of its own that are not swapped (as far as the process may lock memory), not written into
// core dumps, not inherited by children, and wiped when it ends. Moves; copies are made only on purpose.
class SecretBytes {
  public:
    SecretBytes() = default;
    // All zero.
    explicit SecretBytes(std::size_t size);
    explicit SecretBytes(std::string_view bytes);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    unsigned char* data() { return data_; }
    const unsigned char* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }
    // Forgets what lies beyond; `size` is at most the present one.
    void shrink(std::size_t size);

  private:
    void release() noexcept;

    unsigned char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t mapped_ = 0;
};

}  // namespace host::secrets
