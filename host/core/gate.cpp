#include "host/core/gate.hpp"

#include <thread>

namespace host::core {

std::size_t Gate::stripe_of_this_thread() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1) % 16;
    return mine;
}

// The order matters: whoever enters counts first and looks second, whoever closes does it the other way round, so one of
// the two always sees the other.
Gate::Pass::Pass(Gate& gate) : inside_(&gate.stripes_[stripe_of_this_thread()].inside) {
    inside_->fetch_add(1);
    if (!gate.closed_.load()) return;
    inside_->fetch_sub(1);
    inside_ = nullptr;
}

Gate::Pass::~Pass() {
    if (inside_ != nullptr) inside_->fetch_sub(1);
}

bool Gate::close(std::chrono::steady_clock::time_point deadline) {
    closed_.store(true);
    while (inside() != 0) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

long Gate::inside() const {
    long sum = 0;
    for (const Stripe& stripe : stripes_)
        sum += stripe.inside.load();
    return sum;
}

}  // namespace host::core
