// Tells who calls from "Authorization: Bearer <name>", after a look into the database, and has routes for known callers.
#include <gantry/plugin.hpp>

namespace {

class Keyholder {
  public:
    explicit Keyholder(gantry::Host host) : database_(host) {}

    gantry::Task<std::optional<gantry::Principal>> authenticate(const gantry::Request& request) {
        const auto header = request.header("authorization");
        if (!header) co_return std::nullopt;
        const std::string name(header->substr(header->find(' ') + 1));
        const gantry::Rows rows = co_await database_.query("select $1::text || '!' as name", name);
        if (name == "nobody") throw gantry::Error(gantry::Status::Unauthenticated, "nobody is not known");
        if (name == "broken") throw std::runtime_error("the list of users is not there");
        gantry::Principal principal;
        principal.id = "usr_" + name;
        if (name == "opener") principal.scopes.push_back("vault:open");
        principal.claims.set("greeted_as", rows[0].get<std::string>("name"));
        co_return principal;
    }

    void routes(gantry::Routes<Keyholder>& routes) {
        routes.get("/whoami", &Keyholder::whoami).summary("Who calls").authenticated();
        routes.get("/vault", &Keyholder::whoami).summary("For those who may").scope("vault:open");
        routes.get("/rationed", &Keyholder::whoami)
            .operation("rationed")
            .summary("A few times only")
            .authenticated()
            .limit(2, std::chrono::hours(1));
        routes.get("/open", &Keyholder::whoami).summary("For everybody");
    }

    gantry::Response whoami(const gantry::Request& request) { return gantry::text(std::string(request.principal())); }

  private:
    gantry::Database database_;
};

}  // namespace

GANTRY_PLUGIN(Keyholder, "keyholder", "1.0.0")
