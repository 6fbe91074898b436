#include "host/plugin/manager.hpp"

#include <utility>

#include "host/core/error.hpp"
#include "host/plugin/catalog.hpp"

namespace host::plugin {

namespace {

std::vector<std::string> reasons_of(const std::vector<Failure>& failures) {
    std::vector<std::string> reasons;
    for (const Failure& failure : failures)
        reasons.push_back(failure.reason);
    return reasons;
}

}  // namespace

Manager::Manager(Plan first) : first_(std::move(first)) {}

Manager::~Manager() {
    stop();
}

std::vector<std::string> Manager::prepare() {
    prepared_ = build(first_);
    prepared_->map();
    std::vector<Failure> failures = prepared_->failures();
    std::erase_if(failures, [](const Failure& failure) { return failure.on_failure != OnFailure::Required; });
    return reasons_of(failures);
}

void Manager::start() {
    if (!prepared_) prepare();
    const std::shared_ptr<Generation> first = std::exchange(prepared_, nullptr);
    first->start();
    first->serve();
    adopt(first);
}

void Manager::stop() {
    // Stays listed while it stops, so that the administrator can see what it waits for.
    if (const auto generation = serving()) generation->stop();
}

std::shared_ptr<Generation> Manager::build(Plan plan) {
    return std::make_shared<Generation>(++built_, std::move(plan));
}

std::shared_ptr<Generation> Manager::adopt(std::shared_ptr<Generation> next) {
    return generation_.with([&](auto& generation) { return std::exchange(generation, std::move(next)); });
}

std::shared_ptr<Generation> Manager::serving() const {
    return generation_.with([](const auto& generation) { return generation; });
}

std::shared_ptr<const Generation> Manager::current() const {
    const auto generation = serving();
    return generation ? generation->pin() : nullptr;
}

std::vector<std::string> Manager::check() const {
    Generation trial(0, first_);
    trial.map();
    return reasons_of(trial.failures());
}

std::vector<Status> Manager::list() const {
    const auto generation = serving();
    const Plan& plan = generation ? generation->plan() : first_;
    std::vector<Status> list = generation ? generation->list() : Generation(0, plan).list();
    for (Status& status : list_available(plan.settings, plan.environment->offer, plan.environment->read_manifest))
        list.push_back(std::move(status));
    return list;
}

std::vector<Failure> Manager::failures() const {
    const auto generation = serving();
    return generation ? generation->failures() : std::vector<Failure>{};
}

}  // namespace host::plugin
