#include "housekeeping.hpp"

#include <string>

#include <gantry/error.hpp>

namespace notes {

namespace {

constexpr std::int64_t batch = 100;

}  // namespace

Housekeeping::Housekeeping(gantry::Host host, const Store& store, std::int64_t forget_after_days)
    : host_(host), store_(store), days_(forget_after_days) {
    const gantry::Jobs jobs(host);
    // Handled even when nothing is scheduled: what an earlier setting left behind ends here.
    jobs.handle("forget", *this, &Housekeeping::forget);
    if (days_ > 0) jobs.schedule("nightly", "30 3 * * *", "UTC", "forget", gantry::CatchUp::Once);
}

// Begun again after a crash it finds only what is left.
gantry::Task<void> Housekeeping::forget(const gantry::Job& job) {
    if (days_ == 0) co_return;
    std::int64_t forgotten = 0;
    for (std::int64_t last = batch; last == batch; forgotten += last) {
        if (!job.progress(0, std::to_string(forgotten) + " forgotten"))
            throw gantry::Error(gantry::Status::Unavailable, "was asked to stop");
        last = co_await store_.forget(days_, batch);
    }
    host_.info("old notes are forgotten: " + std::to_string(forgotten));
}

}  // namespace notes
