#pragma once

namespace host::core {

// From now on the calling thread, when it is woken, does not push the thread that wakes it off its core: an event loop that
// hands over work goes on with its turn first. Failing, nothing is lost but that.
void let_wakers_go_on();

}  // namespace host::core
