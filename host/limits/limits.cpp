#include "host/limits/limits.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "host/http/exchange.hpp"
#include "host/limits/rule.hpp"

namespace host::limits {

namespace {

using http::Allowance;

// One line for so many requests that could not be counted: the metrics have them all.
constexpr std::uint64_t told_each = 1000;

std::uint64_t window_ms_of(const Rule& rule) {
    return static_cast<std::uint64_t>(rule.window.count());
}

// Is `next` nearer to its end than what is known so far?
bool is_tighter(const Allowance& known, std::uint64_t remaining) {
    return known.outcome == Allowance::Outcome::Unlimited || remaining < known.remaining;
}

}  // namespace

// The rules that name one route, in their order. A request has to pass all that concern it.
class Limits::OfRoute : public http::RouteLimit, public std::enable_shared_from_this<Limits::OfRoute> {
  public:
    struct Counted {
        Rule rule;
        std::shared_ptr<Tally> tally;
    };

    OfRoute(std::vector<Counted> rules, const std::vector<std::string>& proxies, std::shared_ptr<kv::Client> client,
            log::Logger logger)
        : rules_(std::move(rules)), proxies_(proxies), client_(std::move(client)), logger_(std::move(logger)) {}

    void ask(const std::shared_ptr<http::Exchange>& exchange, std::function<void(Allowance)> decided) override {
        const auto passage = std::make_shared<Passage>(Passage{exchange, std::move(decided), due_of(*exchange), {}, 0});
        go_on(passage);
    }

    std::vector<http::LimitPolicy> policies() const override {
        std::vector<http::LimitPolicy> all;
        for (const Counted& counted : rules_)
            all.push_back({counted.rule.name, counted.rule.limit, window_ms_of(counted.rule)});
        return all;
    }

  private:
    struct Due {
        const Counted& counted;
        std::string key;
    };
    // One request on its way through the rules.
    struct Passage {
        std::shared_ptr<http::Exchange> exchange;
        std::function<void(Allowance)> decided;
        std::vector<Due> due;
        Allowance tightest;
        std::size_t next;
    };

    // All keys at once: while the store is asked, the request leaves its connection, and nobody else may look at it.
    std::vector<Due> due_of(const http::Exchange& exchange) const {
        std::vector<Due> due;
        for (const Counted& counted : rules_) {
            if (!concerns(counted.rule, exchange.principal())) continue;
            due.push_back(
                {counted, key_of(counted.rule, exchange.route(), exchange.principal(), exchange.request(), proxies_)});
        }
        return due;
    }

    void go_on(const std::shared_ptr<Passage>& passage) {
        while (passage->next < passage->due.size()) {
            const Due& due = passage->due[passage->next++];
            const auto outcome = count(passage, due);
            if (!outcome) return;  // it comes later
            if (!take(*passage, due.counted, *outcome)) return;
        }
        passage->decided(std::move(passage->tightest));
    }

    std::optional<kv::Outcome> count(const std::shared_ptr<Passage>& passage, const Due& due) {
        const Counted& counted = due.counted;
        const kv::Request request{.operation = kv::Operation::Limit,
                                  .key = due.key,
                                  .limit = counted.rule.limit,
                                  .window_ms = window_ms_of(counted.rule)};
        try {
            return client_->run(request, [&]() -> kv::Completion {
                return [self = shared_from_this(), passage, &counted](kv::Outcome&& later) {
                    if (self->take(*passage, counted, later)) self->go_on(passage);
                };
            });
        } catch (const core::Error& error) {
            return kv::failed(error.code(), error.what());
        }
    }

    // False: it has been decided that the request goes no further.
    bool take(Passage& passage, const Counted& counted, const kv::Outcome& outcome) {
        if (!outcome.failure) {
            ++counted.tally->within;
            if (is_tighter(passage.tightest, outcome.remaining))
                passage.tightest = allowance(counted.rule, Allowance::Outcome::Within, outcome);
            return true;
        }
        if (*outcome.failure == core::Code::Limit) {
            ++counted.tally->exceeded;
            passage.decided(allowance(counted.rule, Allowance::Outcome::Exceeded, outcome));
            return false;
        }
        return pass_uncounted(passage, counted, outcome);
    }

    bool pass_uncounted(Passage& passage, const Counted& counted, const kv::Outcome& outcome) {
        const bool passes = passes_uncounted(counted.rule, passage.exchange->route().method);
        const std::uint64_t before = passes ? counted.tally->uncounted++ : counted.tally->unknown++;
        if (before % told_each == 0) {
            logger_.warn(
                "a call could not be counted",
                {{"rule", counted.rule.name}, {"reason", outcome.reason}, {"request", passes ? "passed" : "refused"}});
        }
        if (!passes) passage.decided({.outcome = Allowance::Outcome::Unknown, .name = counted.rule.name});
        return passes;
    }

    static Allowance allowance(const Rule& rule, Allowance::Outcome outcome, const kv::Outcome& counted) {
        const bool within = outcome == Allowance::Outcome::Within;
        return {.outcome = outcome,
                .name = rule.name,
                .limit = rule.limit,
                .remaining = counted.remaining,
                .reset_ms = within ? window_ms_of(rule) : counted.retry_after_ms};
    }

    const std::vector<Counted> rules_;
    const TrustedProxies proxies_;
    const std::shared_ptr<kv::Client> client_;
    const log::Logger logger_;
};

Limits::Limits(kv::Kv* kv, log::Logger logger)
    : logger_(std::move(logger)), client_(kv != nullptr ? kv->client("gantry") : nullptr) {}

std::shared_ptr<http::RouteLimit> Limits::limit_for(const http::Route& route, const Settings& settings) {
    std::vector<OfRoute::Counted> named;
    for (const Rule& rule : settings.rules)
        if (names(rule, route)) named.push_back({rule, tally_of(rule.name)});
    const auto declared = declared_by(route);
    const auto is_replaced = [&](const Rule& rule) { return rule.name == declared->name; };
    if (declared && std::ranges::none_of(settings.rules, is_replaced))
        named.push_back({*declared, tally_of(declared->name)});
    if (named.empty()) return nullptr;
    return std::make_shared<OfRoute>(std::move(named), settings.trusted_proxies, client_, logger_);
}

void Limits::stop() {
    if (client_ != nullptr) client_->abandon();
}

std::shared_ptr<Limits::Tally> Limits::tally_of(const std::string& rule) {
    return tallies_.with([&](auto& tallies) {
        std::shared_ptr<Tally>& tally = tallies[rule];
        if (tally == nullptr) tally = std::make_shared<Tally>();
        return tally;
    });
}

std::vector<RuleCounts> Limits::counts() const {
    return tallies_.with([](const auto& tallies) {
        std::vector<RuleCounts> all;
        for (const auto& [rule, tally] : tallies)
            all.push_back({rule, tally->within, tally->exceeded, tally->uncounted, tally->unknown});
        return all;
    });
}

}  // namespace host::limits
