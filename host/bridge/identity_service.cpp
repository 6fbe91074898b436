#include "host/bridge/identity_service.hpp"

#include <utility>

#include <gantry/json.hpp>

#include "host/bridge/entrance.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"
#include "host/core/ids.hpp"
#include "host/http/exchange.hpp"

namespace host::bridge {

namespace {

using gantry::Json;
using http::Verdict;
using Decided = std::function<void(Verdict)>;

// More than that at once are not waiting for an answer: the authenticator forgets them.
constexpr std::size_t questions_max = 100'000;

std::shared_ptr<const http::Principal> principal_from(const gantry_principal& passed) {
    const gantry_principal given = incoming(&passed);
    auto principal = std::make_shared<http::Principal>();
    principal->id = copy(given.id);
    if (principal->id.empty()) throw core::Error(core::Code::InvalidArgument, "a principal needs an id");
    principal->organisation = copy(given.organisation);
    Json scopes = Json::array();
    for (std::uint32_t i = 0; i < given.scopes_n; ++i) {
        principal->scopes.push_back(copy(given.scopes[i]));
        scopes.push(principal->scopes.back());
    }
    Json json = Json::object({{"id", principal->id}});
    if (!principal->organisation.empty()) json.set("organisation", principal->organisation);
    json.set("scopes", std::move(scopes));
    if (given.claims_json.size > 0) json.set("claims", Json::parse(view(given.claims_json)));
    principal->json = json.dump();
    return principal;
}

Verdict verdict_of(gantry_status status, const gantry_principal* principal) {
    if (status == GANTRY_OK && principal != nullptr) return {Verdict::Outcome::Known, principal_from(*principal)};
    if (status == GANTRY_E_NOT_FOUND) return {Verdict::Outcome::Anonymous, nullptr};
    if (status == GANTRY_E_UNAUTHENTICATED) return {Verdict::Outcome::Wrong, nullptr};
    return {};
}

}  // namespace

// The plugin as the host asks it. Outlives the service where a question under way still holds it.
class IdentityService::Authority : public identity::Provider {
  public:
    Authority(gantry_authenticator authenticator, void* user, std::shared_ptr<core::Gate> gate, log::Logger logger)
        : authenticator_(authenticator), user_(user), gate_(std::move(gate)), logger_(std::move(logger)) {}

    void ask(const std::shared_ptr<http::Exchange>& exchange, Decided decided) override {
        const core::Gate::Pass pass(*gate_);
        if (!pass) return decided({});
        const core::CurrentRequest request(exchange->request_id());
        exchange->keep();  // the question may outlive the call
        const auto view = std::make_shared<const RequestView>(*exchange);
        const gantry_id id = core::next_id();
        const bool taken = open_.with([&](auto& open) {
            if (open.size() >= questions_max) return false;
            open.emplace(id, Open{exchange, view, decided});
            return true;
        });
        if (!taken) return decided({});
        try {
            authenticator_(user_, id, view->abi());
        } catch (...) {
            // Rule 5 forbids it, but a plugin that breaks it must not take the host down.
            logger_.error("the authenticator threw across the border");
            close(id, {});
        }
    }

    // False: there is no such question.
    bool close(gantry_id id, Verdict verdict) {
        std::optional<Open> question = open_.with([&](auto& open) -> std::optional<Open> {
            const auto found = open.find(id);
            if (found == open.end()) return std::nullopt;
            Open taken = std::move(found->second);
            open.erase(found);
            return taken;
        });
        if (!question) return false;
        question->decided(std::move(verdict));
        return true;
    }

    bool is_open(gantry_id id) const {
        return open_.with([&](const auto& open) { return open.contains(id); });
    }

    void close_all() {
        auto questions = open_.with([](auto& open) { return std::exchange(open, {}); });
        for (auto& [id, question] : questions)
            question.decided({});
    }

  private:
    struct Open {
        std::shared_ptr<http::Exchange> exchange;
        std::shared_ptr<const RequestView> view;
        Decided decided;
    };

    const gantry_authenticator authenticator_;
    void* const user_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    core::Locked<std::map<gantry_id, Open>> open_;
};

IdentityService::IdentityService(std::string owner, identity::Identity* identity, std::shared_ptr<Claims> claims,
                                 Record record, std::shared_ptr<core::Gate> gate, log::Logger logger)
    : owner_(std::move(owner)),
      identity_(identity),
      claims_(std::move(claims)),
      record_(std::move(record)),
      gate_(std::move(gate)),
      logger_(std::move(logger)) {}

IdentityService::~IdentityService() = default;

void IdentityService::provide(gantry_authenticator authenticator, void* user) {
    if (frozen_) throw core::Error(core::Code::Denied, "the identity is provided in start() only");
    if (authenticator == nullptr) throw core::Error(core::Code::InvalidArgument, "authenticator is NULL");
    const std::string holder = claims_->claim(GANTRY_IDENTITY, owner_);
    if (!holder.empty()) throw core::Error(core::Code::Conflict, "the plugin " + holder + " tells who calls already");
    authority_ = std::make_shared<Authority>(authenticator, user, gate_, logger_);
    record_("identity", "tells who calls", [this, authority = authority_] {
        if (identity_ != nullptr) identity_->revoke(*authority);
        claims_->give_back(GANTRY_IDENTITY);
    });
}

gantry_status IdentityService::decide(gantry_id question, gantry_status status, const gantry_principal* principal) {
    if (!authority_ || !authority_->is_open(question)) return GANTRY_E_GONE;
    return authority_->close(question, verdict_of(status, principal)) ? GANTRY_OK : GANTRY_E_GONE;
}

void IdentityService::activate() {
    if (authority_ && identity_ != nullptr) identity_->activate(authority_);
}

void IdentityService::silence() {
    if (authority_) authority_->close_all();
}

namespace {

constexpr gantry_identity functions = {
    sizeof(gantry_identity), 0,
    [](const gantry_host* host, gantry_authenticator authenticator, void* user, gantry_error* error) {
        return guarded(error, [&] {
            HostTable::of(host).identity().provide(authenticator, user);
            return GANTRY_OK;
        });
    },
    [](const gantry_host* host, gantry_id question, gantry_status status, const gantry_principal* principal) {
        return guarded(nullptr, [&] { return HostTable::of(host).identity().decide(question, status, principal); });
    }};

}  // namespace

const gantry_identity& IdentityService::table() {
    return functions;
}

}  // namespace host::bridge
