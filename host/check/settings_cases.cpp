#include <string>
#include <vector>

#include "host/check/cases.hpp"
#include "host/check/life.hpp"
#include "host/check/sample.hpp"

namespace host::check {

using gantry::Json;

namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : "; ") + line;
    return text;
}

// As the administrator wrote them, with some of them made anew.
Json changed_settings(const Json& given, const Json& schema, Random& random) {
    Json settings = given;
    const auto made = permitted(schema, random, Texts::Default);
    if (!made || !made->is_object()) return settings;
    for (const auto& [name, value] : made->members())
        settings.set(name, value);
    return settings;
}

void live_with(const Subject& subject, const Json& settings, Trial& trial, bool must_start) {
    Subject changed = subject;
    changed.settings = settings;
    Life life(changed, trial);
    if (!life.start() && must_start) trial.finding("its schema permits these settings but it does not start: " + life.why());
    life.end();
}

void start_with_permitted(const Subject& subject, const Json& schema, unsigned rounds, Trial& trial) {
    for (unsigned i = 1; i <= rounds; ++i) {
        const Json settings = changed_settings(subject.settings, schema, trial.random);
        trial.at("settings " + std::to_string(i) + ", " + settings.dump().substr(0, 400));
        const std::vector<std::string> refusals = subject.complete(settings, schema).errors;
        if (!refusals.empty()) {
            trial.finding("they follow the schema but the host refuses them: " + joined(refusals));
            continue;
        }
        live_with(subject, settings, trial, true);
    }
}

void start_with_forbidden(const Subject& subject, const Json& schema, Trial& trial) {
    for (const Faulty& faulty : forbidden(schema, subject.settings)) {
        trial.at("settings with " + faulty.fault);
        if (!subject.complete(faulty.value, schema).errors.empty()) continue;
        Subject changed = subject;
        changed.settings = faulty.value;
        Life life(changed, trial);
        if (life.start()) trial.finding("neither the schema nor the plugin refuses them");
        life.end();
    }
}

}  // namespace

void check_settings(Runner& runner, const Lifecycle& lifecycle) {
    const Subject& subject = runner.subject();
    const Json& schema = lifecycle.schema;
    const Json* properties = schema.find("properties");
    if (properties == nullptr || properties->members().empty()) return runner.skip("settings", "the plugin describes none");
    const unsigned rounds = std::max(1U, runner.options().rounds / 4);
    runner.run(
        "settings, permitted ones", [&, rounds](Trial& trial) { start_with_permitted(subject, schema, rounds, trial); }, 4);
    runner.run(
        "settings, forbidden ones", [&](Trial& trial) { start_with_forbidden(subject, schema, trial); }, 4);
}

}  // namespace host::check
