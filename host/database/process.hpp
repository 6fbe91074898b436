#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "host/database/server_user.hpp"

namespace host::database {

struct Program {
    std::vector<std::string> arguments;  // the first is the absolute path of the program
    std::filesystem::path log;           // receives its output; opened by the host, which owns the folder
    int death_signal;                    // what the kernel sends it when the thread that started it ends
};

// A child of this process, watched through a pidfd. One thread at a time. Ending the object does not end the child.
class Process {
  public:
    // Starts a program as `user`, in a session of its own, with nothing inherited: no environment, descriptor, signal
    // mask or working directory of the host. Throws Unavailable.
    Process(const Program& program, const ServerUser& user);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t id() const { return id_; }
    // Readable when the child has ended.
    int descriptor() const { return descriptor_; }
    // Its wait status once it has ended, or nothing if it still runs after `wait_max`.
    std::optional<int> wait(std::chrono::milliseconds wait_max);
    // Does nothing once wait() has given a status: the id may be somebody else's by then.
    void signal(int number) const;

  private:
    pid_t id_ = -1;
    int descriptor_ = -1;
    std::optional<int> status_;
};

// "exit code 1" or "signal 9".
std::string describe_wait_status(int status);

}  // namespace host::database
