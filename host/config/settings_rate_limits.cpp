#include <algorithm>

#include "host/config/rate_limits.hpp"
#include "host/config/settings_sections.hpp"
#include "host/config/text.hpp"
#include "host/core/limit_name.hpp"

namespace host::config {

template <>
const std::vector<std::string> words_of<limits::Callers>{"all", "known", "anonymous"};
template <>
const std::vector<std::string> words_of<limits::Counts>{"caller", "address", "together"};
template <>
const std::vector<std::string> words_of<limits::WhenAway>{"reads", "open", "closed"};

namespace {

using gantry::Json;
using limits::Rule;

constexpr std::int64_t month_ms = 31ll * 86'400'000;
constexpr const char* rules_path = "rate_limits.rules";

Json::Object list_of(const char* pattern) {
    return {{"uniqueItems", true}, {"items", Json::object({{"type", "string"}, {"pattern", pattern}})}};
}

const std::vector<Setting<Rule>>& rule_settings() {
    static const std::vector<Setting<Rule>> all = [] {
        std::vector<Setting<Rule>> made;
        Section<Rule, Rule> rule(made, "", [](Rule& root) -> Rule& { return root; });
        rule.add("owners", &Rule::owners, "Plugins whose routes it names, or host; none: all plugins",
                 list_of("^[a-z][a-z0-9_]*$"));
        rule.add("methods", &Rule::methods, "Of the routes; none: all", list_of("^[A-Z]+$"));
        rule.add("routes", &Rule::routes, "Templates such as /notes/{id}, or /notes/* for all that begin so; none: all",
                 list_of("^/"));
        rule.add("callers", &Rule::callers, "Whose calls it counts: known callers are those of routes that ask who calls");
        rule.add("limit", &Rule::limit, "Calls within a window; above it 429", {{"minimum", 1}, {"maximum", 1'000'000'000}});
        rule.add("window", &Rule::window, "Its length: it slides", {{"minimum", 100}, {"maximum", month_ms}});
        rule.add(
            "counts", &Rule::counts,
            "Who has a window of its own: each caller (where none is known its address), each address, or all together");
        rule.add("each_route", &Rule::each_route, "A window for each route instead of one for all that the rule names");
        rule.add(
            "when_away", &Rule::when_away,
            "While the kv store cannot count: reads lets GET and HEAD pass and answers 503 to others, open lets all pass, "
            "closed none");
        return made;
    }();
    return all;
}

void store_rules(Config& config, const Node& node) {
    config.rate_limits.rules.clear();
    for (const Node::Member& member : node.members()) {
        Rule rule;
        rule.name = member.key;
        store_all(rule_settings(), member.value, rule);
        config.rate_limits.rules.push_back(std::move(rule));
    }
}

}  // namespace

void add_rate_limits_settings(Settings& all) {
    using Limits = limits::Settings;
    Section<Config, Limits> limits(all, "rate_limits", [](Config& config) -> Limits& { return config.rate_limits; });
    limits.add("trusted_proxies", &Limits::trusted_proxies,
               "Addresses, networks or unix: from these X-Forwarded-For tells the client's address",
               list_of("^(unix|[0-9a-fA-F.:]+(/[0-9]{1,3})?)$"));
    const Json schema = Json::object({{"type", "object"},
                                      {"description", "How often routes may be called: rules by name, all that fit count"},
                                      {"additionalProperties", object_schema(rule_settings())},
                                      {"default", Json::object()}});
    all.push_back({rules_path, schema, store_rules});
}

void check_rate_limit_names(const Node& root, Problems& problems) {
    const Node* rules = find_path(root, split_path(rules_path));
    if (rules == nullptr || !rules->is_map()) return;
    for (const Node::Member& rule : rules->members()) {
        if (core::is_limit_name(rule.key)) continue;
        problems.add(rule.mark, join_path(rules_path, rule.key),
                     "a rule's name is 1 to 64 of a-z, 0-9, _ and -; found '" + shown(rule.key) + "'");
    }
}

}  // namespace host::config
