#include <pthread.h>

#include <csignal>
#include <initializer_list>

#include "host/cli/command_line.hpp"

int main(int argc, char** argv) {
    // A client that goes away must not end the process; the writes report it.
    std::signal(SIGPIPE, SIG_IGN);
    // Every thread inherits the mask, so that the signals that end the host reach the one that waits for them.
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&ends, signal);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return host::cli::run(argc, argv);
}
