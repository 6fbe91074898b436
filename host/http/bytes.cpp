#include <utility>

#include "host/http/message.hpp"

namespace host::http {

Bytes::Bytes(const gantry_slice& slice, std::shared_ptr<const void> pin) {
    if (slice.release == nullptr) {
        if (slice.size != 0) text_.assign(static_cast<const char*>(slice.data), slice.size);
        return;
    }
    slice_ = slice;
    pin_ = std::move(pin);
}

Bytes::Bytes(Bytes&& other) noexcept
    : text_(std::move(other.text_)),
      pin_(std::move(other.pin_)),
      slice_(std::exchange(other.slice_, gantry_slice{nullptr, 0, nullptr, nullptr})) {
    other.text_.clear();
}

Bytes& Bytes::operator=(Bytes&& other) noexcept {
    Bytes taken(std::move(other));
    std::swap(text_, taken.text_);
    std::swap(pin_, taken.pin_);
    std::swap(slice_, taken.slice_);
    return *this;
}

Bytes::~Bytes() {
    if (slice_.release != nullptr) slice_.release(slice_.context, slice_.data, slice_.size);
}

std::string_view Bytes::view() const {
    if (slice_.data == nullptr) return text_;
    return {static_cast<const char*>(slice_.data), slice_.size};
}

}  // namespace host::http
