#include "host/core/scheduling.hpp"

#include <pthread.h>
#include <sched.h>

namespace host::core {

void let_wakers_go_on() {
    const sched_param none{};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

}  // namespace host::core
