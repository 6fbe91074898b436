#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <gantry/abi/identity.h>
#include <gantry/detail/guard.hpp>
#include <gantry/detail/use.hpp>
#include <gantry/json.hpp>
#include <gantry/request.hpp>
#include <gantry/task.hpp>

namespace gantry {

// Who calls. A plugin that has
//
//     std::optional<gantry::Principal> authenticate(const gantry::Request& request);
//
// or the same as a Task<std::optional<gantry::Principal>> is asked for every request to a route that is not public.
// Nothing: the request has no credentials. Wrong ones: throw Error(Status::Unauthenticated, ...). Any other exception:
// it cannot be told now, and the caller gets 503. Only one plugin of a host can be asked.
struct Principal {
    std::string id;            // "usr_..."
    std::string organisation;  // "org_..."; empty: none
    std::vector<std::string> scopes;
    Json claims = Json::object();  // what else is known
};

namespace detail {

template <typename Plugin>
concept Authenticates = requires(Plugin& plugin, const Request& request) {
    plugin.authenticate(request);
};

// The plugin as the host asks it. Lives until destroy().
template <typename Plugin>
class Authenticator {
  public:
    Authenticator(Context& context, Plugin& plugin)
        : context_(context), service_(service<gantry_identity>(context.host, GANTRY_IDENTITY)), plugin_(plugin) {
        GANTRY_DETAIL_USE(GANTRY_IDENTITY, gantry_identity, decide);
        gantry_error error = empty_error();
        const gantry_status status = service_->provide(context_.host, ask, this, &error);
        if (status < 0) throw Error(static_cast<Status>(status), error.message);
    }

  private:
    using Found = std::optional<Principal>;

    static void ask(void* user, gantry_id question, const gantry_request* request) {
        static_cast<Authenticator*>(user)->answer(question, *request);
    }

    Detached answer(gantry_id question, const gantry_request& view) {
        const OpenScope open(context_.open);
        gantry_status refusal = GANTRY_E_UNAVAILABLE;
        Found found;
        try {
            const Request request(Exchange{context_, nullptr, 0}, view);
            using Result = decltype(plugin_.authenticate(request));
            if constexpr (std::is_same_v<Result, Task<Found>>) {
                found = co_await plugin_.authenticate(request);
            } else {
                static_assert(std::is_same_v<Result, Found>,
                              "authenticate() returns std::optional<gantry::Principal> or a Task of it");
                found = plugin_.authenticate(request);
            }
            refusal = GANTRY_E_NOT_FOUND;
        } catch (const Error& failure) {
            refusal = static_cast<gantry_status>(failure.status());
            if (refusal != GANTRY_E_UNAUTHENTICATED) log_error(context_, "authenticate() failed", failure.what());
        } catch (const std::exception& failure) {
            log_error(context_, "authenticate() failed", failure.what());
        }
        if (found) {
            decide(question, *found);
        } else {
            service_->decide(context_.host, question, refusal, nullptr);
        }
        co_return;
    }

    void decide(gantry_id question, const Principal& principal) const noexcept {
        const std::string claims = principal.claims.dump();
        std::vector<gantry_str> scopes;
        for (const std::string& scope : principal.scopes)
            scopes.push_back(str(scope));
        gantry_principal told{};
        told.struct_size = sizeof told;
        told.id = str(principal.id);
        told.organisation = str(principal.organisation);
        told.scopes = scopes.data();
        told.scopes_n = static_cast<std::uint32_t>(scopes.size());
        told.claims_json = str(claims);
        // GONE: the request has ended, and nobody waits for the answer.
        service_->decide(context_.host, question, GANTRY_OK, &told);
    }

    Context& context_;
    const gantry_identity* service_;
    Plugin& plugin_;
};

}  // namespace detail

}  // namespace gantry
