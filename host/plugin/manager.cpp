#include "host/plugin/manager.hpp"

#include <utility>

#include "host/core/error.hpp"
#include "host/plugin/catalog.hpp"
#include "host/plugin/inspection.hpp"

namespace host::plugin {

Manager::Manager(Settings settings, Environment environment)
    : settings_(std::move(settings)), environment_(std::make_shared<const Environment>(std::move(environment))) {}

Manager::~Manager() {
    stop();
}

std::vector<std::string> Manager::prepare() {
    prepared_ = next_generation(1);
    prepared_->map();
    std::vector<std::string> problems;
    for (const Failure& failure : prepared_->failures())
        if (failure.on_failure == OnFailure::Required) problems.push_back(failure.reason);
    return problems;
}

void Manager::start() {
    if (!prepared_) prepare();
    std::shared_ptr<Generation> next = std::exchange(prepared_, nullptr);
    next->start();
    generation_.with([&](auto& generation) { generation = std::move(next); });
}

void Manager::stop() {
    // Stays listed while it stops, so that the administrator can see what it waits for.
    const auto generation = generation_.with([](const auto& current) { return current; });
    if (generation) generation->stop();
}

std::shared_ptr<const Generation> Manager::current() const {
    return generation_.with([](const auto& generation) { return generation ? generation->pin() : nullptr; });
}

std::vector<std::string> Manager::check() const {
    const auto trial = next_generation(0);
    trial->map();
    std::vector<std::string> problems;
    for (const Failure& failure : trial->failures())
        problems.push_back(failure.reason);
    return problems;
}

std::vector<Status> Manager::list() const {
    const auto generation = generation_.with([](const auto& current) { return current; });
    auto list = generation ? generation->list() : next_generation(0)->list();
    for (Status& status : list_available(settings_, environment_->offer, environment_->read_manifest))
        list.push_back(std::move(status));
    return list;
}

std::vector<Failure> Manager::failures() const {
    const auto generation = generation_.with([](const auto& current) { return current; });
    return generation ? generation->failures() : std::vector<Failure>{};
}

std::unique_ptr<Generation> Manager::next_generation(std::uint64_t number) const {
    return std::make_unique<Generation>(number, inspect(settings_, environment_->offer, environment_->read_manifest),
                                        settings_, environment_);
}

}  // namespace host::plugin
