#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace host::http {

// The way onto a worker's thread from all others. Outlives its worker: what is posted after close() is dropped.
class Mailbox {
  public:
    Mailbox();
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    // Any thread. The work is run, or destroyed unrun, on some thread later; it must not throw.
    template <typename Work>
    void post(Work work) {
        push(std::make_unique<TaskOf<Work>>(std::move(work)));
    }
    // Is this the thread that reads the mailbox?
    bool here() const { return current == this; }

    // The worker's side. `descriptor` is readable when there is work.
    int descriptor() const { return event_; }
    void settle() { current = this; }
    void run();
    void wake();
    void close();

  private:
    struct Task {
        virtual ~Task() = default;
        virtual void run() = 0;
    };
    template <typename Work>
    struct TaskOf final : Task {
        explicit TaskOf(Work work) : work(std::move(work)) {}
        void run() override { work(); }
        Work work;
    };

    void push(std::unique_ptr<Task> task);

    static inline thread_local const Mailbox* current = nullptr;

    int event_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Task>> tasks_;
    bool closed_ = false;
    std::vector<std::unique_ptr<Task>> running_;  // the reader's; kept for its memory
};

}  // namespace host::http
