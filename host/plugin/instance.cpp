#include "host/plugin/instance.hpp"

#include <cstring>
#include <exception>

#include "host/core/clock.hpp"
#include "host/plugin/border.hpp"
#include "host/plugin/deadline.hpp"

namespace host::plugin {

using core::Code;
using core::Error;

namespace {

// Never emptied: what hangs in here is used by a thread that nobody can end.
void keep_for_ever(std::shared_ptr<Instance> instance) {
    static auto& kept = *new core::Locked<std::vector<std::shared_ptr<Instance>>>;
    kept.with([&](auto& instances) { instances.push_back(std::move(instance)); });
}

std::uint64_t nanoseconds_of(std::chrono::steady_clock::time_point moment) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count());
}

struct Description {
    std::string text;
    int times = 0;

    static void take(void* user, gantry_str json) {
        auto& self = *static_cast<Description*>(user);
        ++self.times;
        if (json.size > 0) self.text.assign(json.data, json.size);
    }
};

std::string describe(const gantry_entry* entry) {
    if (!GANTRY_HAS(entry, describe)) return {};
    Description description;
    call_plugin("describe()", [&](gantry_error*) { return entry->describe(&Description::take, &description); });
    if (description.times != 1)
        throw Error{Code::Abi, "describe() gave " + std::to_string(description.times) + " documents but must give one"};
    return description.text;
}

}  // namespace

Instance::Instance(Verified plugin, std::shared_ptr<const Environment> environment, Limits limits)
    : plugin_(std::move(plugin)), environment_(std::move(environment)), limits_(limits) {}

Instance::~Instance() {
    if (object_ != nullptr && library_) library_->keep();
}

void Instance::map() {
    step(State::Mapped, [&] {
        library_.emplace(plugin_, environment_->offer);
        plugin_.image.reset();  // mapped: the bytes are no longer needed
        if (!limits_.unload) library_->keep();
        // Shared with the thread of the call, which may outlive this function.
        const auto text = std::make_shared<std::string>();
        call("describe()", limits_.start, [text, entry = &library_->entry()] { *text = describe(entry); });
        description_ = *text;
    });
}

void Instance::check() {
    try {
        if (environment_->check_settings) environment_->check_settings(plugin_, description_);
    } catch (const std::exception& error) {
        // Not named after the plugin's file: the fault is in the administrator's, and the message names the place.
        fail(error.what());
        throw;
    }
}

void Instance::create() {
    step(State::Created, [&] {
        std::shared_ptr<HostSide> side = environment_->host_side(plugin_);
        standing_.with([&](Standing& standing) { standing.side = side; });
        const auto made = std::make_shared<gantry_plugin*>(nullptr);
        call("create()", limits_.start, [made, side, &entry = library_->entry()] {
            call_plugin("create()", [&](gantry_error* error) { return entry.create(side->host(), made.get(), error); });
        });
        object_ = *made;
        require_members();
    });
}

void Instance::require_members() const {
    if (object_ == nullptr) throw Error{Code::Abi, "create() succeeded but made no plugin object"};
    if (GANTRY_HAS(object_, start) && GANTRY_HAS(object_, stop) && GANTRY_HAS(object_, destroy)) return;
    throw Error{Code::Abi, "made a plugin object of " + std::to_string(object_->struct_size) +
                               " bytes that lacks start(), stop() or destroy()"};
}

void Instance::configure() {
    step(State::Configured, [&] {
        if (!GANTRY_HAS(object_, configure)) return;
        call("configure()", limits_.start, [self = shared_from_this()] {
            self->environment_->with_settings(self->plugin_, self->description_, [&](const gantry_config* config) {
                call_plugin("configure()",
                            [&](gantry_error* error) { return self->object_->configure(self->object_, config, error); });
            });
        });
    });
}

void Instance::start() {
    step(State::Started, [&] {
        if (environment_->before_start) environment_->before_start(plugin_);
        start_called_ = true;
        call("start()", limits_.start, [object = object_] {
            call_plugin("start()", [&](gantry_error* error) { return object->start(object, error); });
        });
        side()->started();
    });
}

void Instance::serve() {
    if (const auto host_side = side()) host_side->activate();
    reach(State::Serving);
}

bool Instance::quiesce(std::chrono::steady_clock::time_point deadline) {
    reach(State::Quiescing);
    if (!GANTRY_HAS(object_, quiesce)) return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    // A plugin that keeps to the deadline still needs a moment to return.
    const auto limit = std::max(left, std::chrono::milliseconds(0)) + limits_.stop;
    const auto status = std::make_shared<gantry_status>(GANTRY_OK);
    try {
        call("quiesce()", limit, [status, object = object_, until = nanoseconds_of(deadline)] {
            call_plugin("quiesce()", [&] { *status = object->quiesce(object, until); });
        });
    } catch (const std::exception& error) {
        note(error.what());
        return false;
    }
    return *status >= GANTRY_OK;
}

void Instance::stop() {
    if (abandoned()) return;
    if (const auto host_side = side(); host_side && !host_side->silence(core::Monotonic::now() + limits_.stop))
        return abandon("its code still runs in a call that it was given");
    if (object_ != nullptr && start_called_)
        last_call("stop()", [object = object_] { call_plugin("stop()", [&] { object->stop(object); }); });
    if (abandoned()) return;
    if (const std::size_t threads = census_.survivors(); threads > 0)
        return abandon(std::to_string(threads) + " thread(s) of it still run after stop(), which must join them");
    revoke();
    reach(State::Stopped);
}

void Instance::destroy() {
    if (abandoned()) return;
    // An object without destroy() was refused by create() and stays where it is: its memory is the plugin's own.
    if (GANTRY_HAS(object_, destroy))
        last_call("destroy()", [object = object_] { call_plugin("destroy()", [&] { object->destroy(object); }); });
    if (abandoned()) return;
    object_ = nullptr;
    reach(State::Destroyed);
}

void Instance::last_call(const std::string& function, const std::function<void()>& work) {
    try {
        call(function, limits_.stop, work);
    } catch (const std::exception& error) {
        note(error.what());
    }
}

void Instance::unmap() {
    if (abandoned() || !library_) return;
    // Gone before the code, as what it holds may point there.
    standing_.with([](Standing& standing) { return std::exchange(standing.side, nullptr); });
    const bool unmapped = library_->close();
    library_.reset();
    if (!unmapped && limits_.unload)
        note("its code stays in memory: a thread_local or a unique symbol pins it, or a library it brought along does");
}

void Instance::abandon(const std::string& reason) {
    const bool first = standing_.with([&](Standing& standing) { return !std::exchange(standing.abandoned, true); });
    if (!first) return;
    if (library_) library_->keep();
    revoke();
    keep_for_ever(shared_from_this());
    note("given up, it stays in memory until this process ends: " + reason);
    standing_.with([](Standing& standing) { standing.state = State::Failed; });
}

void Instance::revoke() {
    const auto host_side = side();
    if (!host_side) return;
    host_side->stopped();
    for (const std::string& failure : host_side->ledger().revoke_all())
        note("cannot revoke " + failure);
}

State Instance::state() const {
    return standing_.with([](const Standing& standing) { return standing.state; });
}

std::string Instance::problem() const {
    return standing_.with([](const Standing& standing) { return standing.problem; });
}

std::vector<Ledger::Entry> Instance::registrations() const {
    const auto host_side = side();
    return host_side ? host_side->ledger().entries() : std::vector<Ledger::Entry>{};
}

Health Instance::health() const {
    // Started: it is asked before it serves, whether it should.
    if (state() != State::Serving && state() != State::Started) return {Health::Level::Failed, problem()};
    if (!GANTRY_HAS(object_, health)) return {};
    gantry_health answer{};
    answer.struct_size = sizeof answer;
    try {
        call_plugin("health()", [&](gantry_error*) { return object_->health(object_, &answer); });
    } catch (const Error& error) {
        return {Health::Level::Failed, error.what()};
    }
    std::string detail(answer.detail, strnlen(answer.detail, sizeof answer.detail));
    if (answer.level == GANTRY_HEALTH_OK) return {Health::Level::Ok, std::move(detail)};
    const bool degraded = answer.level == GANTRY_HEALTH_DEGRADED;
    return {degraded ? Health::Level::Degraded : Health::Level::Failed, std::move(detail)};
}

void Instance::step(State reached, const std::function<void()>& work) {
    try {
        work();
        reach(reached);
    } catch (const std::exception& failure) {
        // Whatever a step meets ends this plugin alone: reloads run on a thread where nobody else would catch it.
        const auto* error = dynamic_cast<const Error*>(&failure);
        const Error full = named(error != nullptr ? *error : Error{Code::Internal, failure.what()});
        fail(full.what());
        throw full;
    }
}

void Instance::fail(const std::string& reason) {
    standing_.with([&](Standing& standing) {
        standing.state = State::Failed;
        standing.problem = reason;
    });
}

void Instance::reach(State state) {
    standing_.with([&](Standing& standing) {
        if (standing.state != State::Failed) standing.state = state;
    });
}

void Instance::call(std::string function, std::chrono::milliseconds limit, std::function<void()> work) {
    const auto self = shared_from_this();
    const Outcome outcome = run_with_deadline("plugin:" + id(), limit, [self, work = std::move(work)] {
        const ThreadCensus::Watch watch(self->census_);
        work();
    });
    if (outcome == Outcome::Finished) return;
    const std::string late = function + " did not return within " + std::to_string(limit.count()) + " ms";
    abandon(late);
    throw Error{Code::Timeout, late +
                                   "; its thread cannot be ended and stays until this process ends: see what the plugin "
                                   "waits for, or raise the deadline"};
}

void Instance::note(const std::string& problem) {
    environment_->log.warn("plugin misbehaves", {{"plugin", id()}, {"file", plugin_.file.string()}, {"problem", problem}});
    standing_.with([&](Standing& standing) { standing.problem += (standing.problem.empty() ? "" : "; ") + problem; });
}

bool Instance::abandoned() const {
    return standing_.with([](const Standing& standing) { return standing.abandoned; });
}

std::shared_ptr<HostSide> Instance::side() const {
    return standing_.with([](const Standing& standing) { return standing.side; });
}

Error Instance::named(const Error& error) const {
    const std::string file = plugin_.file.string();
    const std::string message = error.what();
    return Error{error.code(), message.starts_with(file) ? message : file + ": " + message, error.where(), error.name()};
}

}  // namespace host::plugin
