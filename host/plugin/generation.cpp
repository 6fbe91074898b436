#include "host/plugin/generation.hpp"

#include <algorithm>
#include <exception>

#include "host/core/error.hpp"

namespace host::plugin {

using core::Code;
using core::Error;

namespace {

// For stop() and destroy(), each: they have nothing left to wait for but the plugin's own threads.
constexpr std::chrono::milliseconds stop_deadline{5'000};
// For requests that stop() has just cut off, to leave.
constexpr std::chrono::milliseconds leave_deadline{1'000};

Status status_of(const Instance& instance) {
    const Verified& plugin = instance.plugin();
    Status status;
    status.id = instance.id();
    status.version = plugin.info.version;
    status.state = instance.state();
    status.enabled = true;
    status.file = plugin.file;
    status.summary = plugin.manifest.summary;
    status.sha256 = plugin.sha256;
    status.services = plugin.manifest.services;
    status.requires_plugins = plugin.manifest.requires_plugins;
    status.registrations = instance.registrations();
    status.problem = instance.problem();
    return status;
}

}  // namespace

Generation::Generation(std::uint64_t number, Plan plan) : number_(number), plan_(std::move(plan)) {
    const Settings& settings = plan_.settings;
    Inspection inspection = inspect(settings, plan_.environment->offer, plan_.environment->read_manifest);
    const Limits limits{settings.start_deadline, stop_deadline, settings.unload};
    for (Verified& plugin : inspection.in_order)
        instances_.push_back(std::make_shared<Instance>(std::move(plugin), plan_.environment, limits));
    failures_.with([&](auto& failures) { failures = std::move(inspection.failures); });
}

Generation::~Generation() {
    stop();
}

void Generation::map() {
    for (const auto& instance : instances_) {
        try {
            instance->map();
            instance->check();
        } catch (const std::exception& error) {
            fail(*instance, error.what());
        }
    }
}

void Generation::start() {
    refuse_if_required();
    for (const auto& instance : instances_)
        if (!start_one(*instance)) refuse_if_required();
    report_passed_over();
    report_failures();
}

void Generation::serve() {
    for (const auto& instance : instances_)
        if (!has_failed(instance->id())) instance->serve();
}

bool Generation::start_one(Instance& instance) {
    if (has_failed(instance.id())) return false;
    try {
        if (const std::string failed = failed_requirement(instance); !failed.empty())
            throw Error{Code::Unavailable, instance.plugin().file.string() + ": " + failed};
        instance.create();
        instance.configure();
        instance.start();
        return true;
    } catch (const std::exception& error) {
        fail(instance, error.what());
        instance.stop();
        instance.destroy();
        return false;
    }
}

std::string Generation::failed_requirement(const Instance& instance) const {
    const auto known = failures();
    for (const std::string& required : instance.plugin().manifest.requires_plugins) {
        const auto found = std::ranges::find(known, required, &Failure::id);
        if (found != known.end()) return "requires " + required + ", which failed: " + found->reason;
    }
    return {};
}

void Generation::stop() {
    if (std::exchange(ended_, true)) return;
    drain_.close();
    const auto deadline = std::chrono::steady_clock::now() + plan_.settings.drain_deadline;
    in_reverse([&](Instance& instance) {
        if (instance.state() == State::Serving) instance.quiesce(deadline);
    });
    drain_.wait_until(deadline);
    end_all();
}

void Generation::in_reverse(const std::function<void(Instance&)>& act) {
    std::for_each(instances_.rbegin(), instances_.rend(), [&](const auto& instance) { act(*instance); });
}

void Generation::end_all() {
    ended_ = true;
    drain_.close();
    in_reverse([](Instance& instance) { instance.stop(); });
    if (!drain_.wait_until(std::chrono::steady_clock::now() + leave_deadline))
        for (const auto& instance : instances_)
            instance->abandon("a call into it has not returned");
    in_reverse([](Instance& instance) { instance.destroy(); });
    in_reverse([](Instance& instance) { instance.unmap(); });
}

std::vector<Failure> Generation::failures() const {
    return failures_.with([](const auto& failures) { return failures; });
}

std::vector<Status> Generation::list() const {
    std::vector<Status> list;
    for (const auto& instance : instances_)
        list.push_back(status_of(*instance));
    for (const Failure& failure : failures()) {
        const auto known = std::ranges::find(list, failure.id, &Status::id);
        Status& status = known != list.end() ? *known : list.emplace_back();
        status.id = failure.id;
        status.state = State::Failed;
        status.enabled = true;
        status.problem = failure.reason;
    }
    return list;
}

Health Generation::health(const std::string& id) const {
    const auto found = std::ranges::find_if(instances_, [&](const auto& instance) { return instance->id() == id; });
    if (found == instances_.end() || has_failed(id)) return {Health::Level::Failed, "does not run"};
    return (*found)->health();
}

void Generation::fail(const Instance& instance, const std::string& reason) {
    failures_.with([&](auto& failures) {
        failures.push_back({instance.id(), instance.plugin().wanted.on_failure, reason});
    });
}

void Generation::report_passed_over() const {
    for (const auto& instance : instances_) {
        const Verified& plugin = instance->plugin();
        for (const std::string& reason : plugin.passed_over)
            plan_.environment->log.warn("a higher version of a plugin does not fit this host",
                                        {{"plugin", instance->id()}, {"version", plugin.info.version}, {"reason", reason}});
    }
}

void Generation::report_failures() const {
    for (const Failure& failure : failures()) {
        const char* consequence =
            failure.on_failure == OnFailure::Closed ? "its routes answer 503" : "the host goes on without it";
        plan_.environment->log.warn("plugin failed",
                                    {{"plugin", failure.id}, {"reason", failure.reason}, {"consequence", consequence}});
    }
}

bool Generation::has_failed(const std::string& id) const {
    const auto known = failures();
    return std::ranges::find(known, id, &Failure::id) != known.end();
}

std::string Generation::reasons_to_refuse() const {
    return plugin::reasons_to_refuse(failures());
}

void Generation::refuse_if_required() {
    const std::string reasons = reasons_to_refuse();
    if (reasons.empty()) return;
    end_all();
    throw Error{Code::Unavailable, reasons};
}

}  // namespace host::plugin
