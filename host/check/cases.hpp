#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <gantry/json.hpp>
#include <gantry/testing/exchange.hpp>

#include "host/check/check.hpp"
#include "host/check/child.hpp"
#include "host/check/subject.hpp"

namespace host::check {

// A route as the plugin declared it, in a form that can travel between processes.
struct RouteFacts {
    std::string method;
    std::string pattern;
    gantry::Json request_schema;
    gantry::Json parameters_schema;
    std::vector<std::string> scopes;
    bool needs_principal = false;
    std::uint64_t body_bytes_max = 0;
    std::uint64_t seed = 0;  // of its sound request

    std::string name() const { return method + " " + pattern; }
};

// Runs cases and tells their results; what it learns from one, later ones use.
class Runner {
  public:
    using Work = std::function<void(Trial&)>;
    Runner(const Subject& subject, const Options& options, const std::function<void(const Result&)>& tell)
        : subject_(subject), options_(options), tell_(tell) {}

    const Subject& subject() const { return subject_; }
    const Options& options() const { return options_; }
    // Runs the case if it is wanted; nothing: it is not.
    void run(const std::string& name, const Work& work, unsigned times_longer = 1);
    // Runs it in any case, because later ones need its facts; it is told only if it is wanted.
    Attempt learn(const std::string& name, const Work& work);
    void skip(const std::string& name, const std::string& why);

  private:
    bool wanted(const std::string& name) const { return name.find(options_.only) != name.npos; }
    void conclude(const std::string& name, const Attempt& attempt);

    const Subject& subject_;
    const Options& options_;
    const std::function<void(const Result&)>& tell_;
};

// What one life tells.
struct Lifecycle {
    bool sound = false;
    std::size_t calls_in_start = 0;
    std::vector<RouteFacts> routes;
    gantry::Json schema;  // of its settings
};

Lifecycle check_lifecycle(Runner& runner);
void check_failing_start(Runner& runner, const Lifecycle& lifecycle);
// False: not even a sound request is answered well.
bool check_route(Runner& runner, const RouteFacts& route);
void check_odd_requests(Runner& runner, const RouteFacts& route);
void check_settings(Runner& runner, const Lifecycle& lifecycle);

// What the fake host answers for the n-th call, chosen by the seed: what the real host could answer for that function.
gantry_status failure_for(std::string_view function, std::uint64_t choice);
const char* name_of(gantry_status status);

// A sound request to the route, with every parameter given and a body that its schema permits.
gantry::testing::ClientRequest sound_request(const RouteFacts& route, Random& random);

}  // namespace host::check
