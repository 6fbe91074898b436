#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/core/error.hpp"
#include "host/database/query.hpp"

namespace host::database {

// Writes many small things in few commits: what comes while a statement is under way goes with the next one. The more
// there is to do, the less each costs; one alone waits for nobody. Any thread; must outlive its statements.
template <typename Item>
class GroupCommit {
  public:
    using Batch = std::shared_ptr<std::vector<Item>>;
    struct Limits {
        std::size_t waiting_max;  // beyond what is under way; above it add() throws Busy
        std::string setting;      // its name, for the administrator
        std::size_t batch_max = 512;
        std::size_t batch_bytes_max = 4 * 1024 * 1024;
        // A second statement is prepared while the first waits for the disk. One: in the order in which they were added.
        std::size_t under_way_max = 2;
    };
    // Begins the statement for a batch. If it throws, the completion is not called.
    using Send = std::function<void(const Batch&, Completion)>;
    // Tells everybody in the batch; once for each batch.
    using Finish = std::function<void(const std::vector<Item>&, Outcome&)>;

    GroupCommit(Limits limits, Send send, Finish finish)
        : limits_(std::move(limits)), send_(std::move(send)), finish_(std::move(finish)) {}

    // `bytes` is about what it takes in memory. Throws Busy, or what sending failed with; then finish is not called.
    void add(Item item, std::size_t bytes) {
        const Batch batch = std::make_shared<std::vector<Item>>();
        {
            std::lock_guard lock(mutex_);
            if (waiting_.size() >= limits_.waiting_max) {
                core::Error full{core::Code::Busy, "too much waits to be written (" + limits_.setting + ")"};
                throw full.mark_retryable();
            }
            waiting_.emplace_back(std::move(item), bytes);
            if (under_way_ >= limits_.under_way_max) return;
            // Whoever ends leaves nothing waiting, so this one is alone, and a refusal is its own.
            take(*batch);
            ++under_way_;
        }
        try {
            send(batch);
        } catch (const core::Error& error) {
            give_up(error);
            throw;
        }
    }

  private:
    // What could not be sent ends. Who came meanwhile waits for it, and would wait for ever if nothing else is under way.
    void give_up(const core::Error& error) {
        for (;;) {
            std::vector<Item> left;
            {
                std::lock_guard lock(mutex_);
                if (under_way_ == 1) take(left);
                if (left.empty()) {
                    --under_way_;
                    return;
                }
            }
            Outcome refused;
            refused.error = error;
            finish_(left, refused);
        }
    }

    // Under the lock.
    void take(std::vector<Item>& batch) {
        std::size_t bytes = 0;
        while (!waiting_.empty() && batch.size() < limits_.batch_max && bytes < limits_.batch_bytes_max) {
            bytes += waiting_.front().second;
            batch.push_back(std::move(waiting_.front().first));
            waiting_.pop_front();
        }
    }

    void send(const Batch& batch) {
        send_(batch, [this, batch](Outcome&& outcome) { finish(*batch, outcome); });
    }

    void finish(const std::vector<Item>& batch, Outcome& outcome) {
        // What they add when they hear of it goes with the next one.
        finish_(batch, outcome);
        const Batch next = std::make_shared<std::vector<Item>>();
        {
            std::lock_guard lock(mutex_);
            take(*next);
            if (next->empty()) --under_way_;
        }
        try {
            if (!next->empty()) send(next);
        } catch (const core::Error& error) {
            Outcome refused;
            refused.error = error;
            finish(*next, refused);
        }
    }

    const Limits limits_;
    const Send send_;
    const Finish finish_;
    std::mutex mutex_;
    std::deque<std::pair<Item, std::size_t>> waiting_;
    std::size_t under_way_ = 0;
};

}  // namespace host::database
