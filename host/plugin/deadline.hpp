#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace host::plugin {

enum class Outcome { Finished, StillRunning };

// Runs `work` on a thread of its own, a [control] one named `name`, and waits for it at most `limit`. A thread cannot be
// killed without losing the process: when the limit passes, the thread is left behind with `work` and all that it holds,
// and goes on if it ever can. What `work` throws is thrown here, if it comes in time.
Outcome run_with_deadline(const std::string& name, std::chrono::milliseconds limit, std::function<void()> work);

}  // namespace host::plugin
