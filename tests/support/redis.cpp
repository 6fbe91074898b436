#include "tests/support/redis.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace tests {

namespace {

// Reads until the server says that it serves. Its output goes on into the pipe, which holds what little there is.
void wait_until_ready(int output) {
    std::string text;
    char buffer[512];
    while (text.find("accept connections") == std::string::npos) {
        const ssize_t size = read(output, buffer, sizeof buffer);
        if (size <= 0) throw std::runtime_error("redis-server did not start: " + text);
        text.append(buffer, static_cast<std::size_t>(size));
    }
}

}  // namespace

void RedisServer::start() {
    std::vector<std::string> words{"redis-server", "--port", "0",           "--unixsocket", socket(), "--save",         "",
                                   "--appendonly", "no",     "--daemonize", "no",           "--dir",  directory_.path()};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
    const int failure = posix_spawnp(&process_, "redis-server", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    if (failure != 0) throw std::runtime_error("redis-server cannot be run; it is in packaging/debian_packages.sh");
    wait_until_ready(pipe_ends[0]);
    close(pipe_ends[0]);
}

void RedisServer::kill() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
}

void RedisServer::freeze() const {
    ::kill(process_, SIGSTOP);
}

void RedisServer::thaw() const {
    ::kill(process_, SIGCONT);
}

}  // namespace tests
