#include "host/check/life.hpp"

#include <malloc.h>

#include <filesystem>
#include <iterator>

// Of AddressSanitizer and its like, whose memory the C library does not count.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace host::check {

namespace testing = gantry::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto answer_patience = 2s;  // without a callback that is due: the plugin's own threads may need a moment
constexpr auto stream_patience = 100ms;
constexpr auto thread_patience = 250ms;  // a joined thread stays in the kernel's list for a moment

std::size_t entries_of(const char* directory) {
    const std::filesystem::directory_iterator all(directory);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

void give_up_on_exception(Trial& trial) {
    try {
        throw;
    } catch (const std::exception& error) {
        trial.give_up(std::string("an exception left the plugin: ") + error.what());
    } catch (...) {
        trial.give_up("an exception that is no std::exception left the plugin");
    }
}

std::size_t heap_bytes() {
    if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
    const struct mallinfo2 now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

std::size_t thread_count() {
    return entries_of("/proc/self/task");
}

std::size_t descriptor_count() {
    return entries_of("/proc/self/fd");
}

Pump::Pump(testing::FakeHost& host)
    : thread_([this, &host] {
          while (!ending_)
              if (!host.complete_one()) std::this_thread::sleep_for(100us);
      }) {}

Pump::~Pump() {
    ending_ = true;
    thread_.join();
}

Life::Life(const Subject& subject, Trial& trial) : subject_(subject), trial_(trial), threads_before_(thread_count()) {
    try {
        library_.emplace(subject.plugin, subject.offer);
    } catch (const std::exception& error) {
        trial_.give_up(error.what());
    }
    host_.emplace(testing::Completions::ByHand);
    host_->data_directory(subject.data_directory);
    host_->database().answer_otherwise(Otherwise::Empty);
    host_->upstream().nobody_is_there();
    host_->http().watch_second_answers();
}

Life::~Life() {
    end();
}

gantry::Json Life::schema() {
    try {
        const gantry::Json description = testing::FakeHost::describe(library_->entry());
        const gantry::Json* found = description.find("config");
        return found != nullptr ? *found : gantry::Json();
    } catch (const gantry::JsonError& error) {
        trial_.give_up(std::string("describe() gives no JSON: ") + error.what());
    } catch (...) {
        give_up_on_exception(trial_);
    }
}

void Life::ask_health() {
    try {
        host_->health();
    } catch (...) {
        give_up_on_exception(trial_);
    }
}

// The settings as the real host would hand them over.
void Life::settle() {
    Settings settings = subject_.complete(subject_.settings, schema());
    for (const std::string& error : settings.errors)
        why_ += (why_.empty() ? "" : "; ") + error;
    host_->settings(std::move(settings.values));
}

bool Life::start() {
    try {
        settle();
        if (!why_.empty()) return false;
        const Pump pump(*host_);
        host_->start(library_->entry());
        return true;
    } catch (const testing::Refused& refusal) {
        why_ = refusal.what();
    } catch (...) {
        give_up_on_exception(trial_);
    }
    return false;
}

bool Life::blocks(const testing::ClientRequest& request) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    for (const testing::DeclaredRoute& route : host_->http().routes())
        if (route.method == request.method && testing::match_route(route.pattern, path) &&
            (route.route.flags & GANTRY_ROUTE_BLOCKING) != 0)
            return true;
    return false;
}

testing::FakeHost::Pending Life::begin(testing::ClientRequest request) {
    try {
        if (!blocks(request)) return host_->begin(std::move(request));
        const Pump pump(*host_);
        return host_->begin(std::move(request));
    } catch (...) {
        give_up_on_exception(trial_);
    }
}

bool Life::complete_one(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    try {
        while (!host_->complete_one()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            std::this_thread::sleep_for(1ms);
        }
        return true;
    } catch (...) {
        give_up_on_exception(trial_);
    }
}

void Life::complete_newest() {
    try {
        host_->complete_newest();
    } catch (...) {
        give_up_on_exception(trial_);
    }
}

void Life::finish(const testing::FakeHost::Pending& pending) {
    auto deadline = std::chrono::steady_clock::now() + answer_patience;
    while (!pending.answered()) {
        if (complete_one(0ms)) continue;
        const bool streams = pending.so_far().status != 0;
        if (streams && std::chrono::steady_clock::now() + answer_patience > deadline + stream_patience) {
            pending.leave();  // a stream without an end of its own: the client goes, as clients do
            continue;
        }
        if (std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(1ms);
            continue;
        }
        trial_.finding("the request is not answered although nothing is left to wait for");
        pending.leave();
    }
}

testing::Answer Life::ask(testing::ClientRequest request) {
    const auto pending = begin(std::move(request));
    finish(pending);
    return pending.so_far();
}

void Life::end() {
    if (!host_) return;
    try {
        host_->stop();
    } catch (...) {
        give_up_on_exception(trial_);
    }
    for (const std::string& violation : host_->watch().take_violations())
        trial_.finding(violation);
    host_.reset();
    const auto deadline = std::chrono::steady_clock::now() + thread_patience;
    while (thread_count() > threads_before_ && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    if (const std::size_t left = thread_count(); left > threads_before_) {
        // Its code stays: they run in it.
        trial_.give_up("stop() left " + std::to_string(left - threads_before_) +
                       (left - threads_before_ == 1 ? " thread" : " threads") + " running");
    }
    library_->close();
    library_.reset();
}

}  // namespace host::check
