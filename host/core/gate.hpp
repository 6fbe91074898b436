#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>

namespace host::core {

// Counts the calls that are inside something foreign, so that its end can wait for them. Entering costs one uncontended
// atomic operation: the counters are striped over the threads.
class Gate {
  public:
    // A call that is inside; false if the gate is closed.
    class Pass {
      public:
        explicit Pass(Gate& gate);
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        explicit operator bool() const { return inside_ != nullptr; }

      private:
        std::atomic<long>* inside_;
    };

    // Lets nobody in any more and waits for those inside. False: some still are when the deadline passes.
    [[nodiscard]] bool close(std::chrono::steady_clock::time_point deadline);
    bool closed() const { return closed_.load(); }
    long inside() const;

  private:
    struct alignas(64) Stripe {
        std::atomic<long> inside{0};
    };
    static std::size_t stripe_of_this_thread();

    std::array<Stripe, 16> stripes_;
    std::atomic<bool> closed_{false};
};

}  // namespace host::core
