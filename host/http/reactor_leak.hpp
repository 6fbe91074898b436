#pragma once

#include <initializer_list>

namespace host::http {

// Pistache 0.0.5 never closes the eventfd with which a reactor thread is told to stop: one descriptor for each thread of
// each server that ever ran in the process. Nothing hands it out, but the kernel tells: it is the one descriptor that
// the thread's epoll watches beside our own. -1: not found.
int find_leaked_descriptor(std::initializer_list<int> own);

}  // namespace host::http
