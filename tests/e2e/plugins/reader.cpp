// Calls what others provide, on behalf of its requests, and itself.
#include <gantry/plugin.hpp>

#include <chrono>

namespace {

using gantry::Json;
using gantry::Request;
using gantry::Response;
using gantry::ServiceAnswer;
using gantry::ServiceCall;
using gantry::Task;

class Reader {
  public:
    explicit Reader(gantry::Host host) : host_(host), services_(host) {
        services_.provide("reader.stairs/1", *this, gantry::method("down", &Reader::down));
    }
    std::optional<gantry::Principal> authenticate(const Request& request) {
        const auto name = request.header("x-user");
        if (!name) return std::nullopt;
        gantry::Principal principal;
        principal.id = "usr_" + std::string(*name);
        return principal;
    }
    void routes(gantry::Routes<Reader>& routes) {
        routes.get("/reader/known", &Reader::known).authenticated();
        routes.post("/reader/ask/{method}", &Reader::ask);
        routes.post("/reader/patiently/{method}", &Reader::patiently).blocking();
        routes.get("/reader/mute", &Reader::mute);
        routes.get("/reader/unlisted", &Reader::unlisted);
        routes.get("/reader/stairs", &Reader::stairs);
    }

  private:
    Task<Response> known(const Request& request) const {
        host_.info("asks");
        const ServiceAnswer answer = co_await services_.call("library.books/1", "find", "x").on_behalf_of(request);
        host_.info("has found");
        co_await services_.call("library.books/1", "read", "x").on_behalf_of(request);
        host_.info("has read", {{"request_id", "of its own"}});
        co_return gantry::json(answer.json());
    }
    Task<Response> ask(const Request& request) const {
        const std::string body(request.body());
        const ServiceAnswer answer = co_await services_.call("library.books/1", request.param("method"), body);
        co_return gantry::text(answer.body());
    }
    Response patiently(const Request& request) const {
        return gantry::text(
            services_.call("library.books/1", request.param("method"), std::string(request.body())).get().body());
    }
    Task<Response> mute(const Request& request) const {
        const auto time = gantry::number<int>(request.query("ms").value_or("100")).value_or(100);
        const ServiceAnswer answer =
            co_await services_.call("mute.nothing/1", "ask").deadline(std::chrono::milliseconds(time));
        co_return gantry::text(answer.body());
    }
    Task<Response> unlisted(const Request&) const {
        const ServiceAnswer answer = co_await services_.call("library.secrets/1", "find");
        co_return gantry::text(answer.body());
    }
    Task<Response> stairs(const Request& request) const {
        const ServiceAnswer answer = co_await services_.call("reader.stairs/1", "down").on_behalf_of(request);
        co_return gantry::text(answer.body());
    }
    // Without end, but for the host's.
    Task<std::string> down(const ServiceCall& call) const {
        const ServiceAnswer answer = co_await services_.call("reader.stairs/1", "down").on_behalf_of(call);
        co_return answer.body();
    }

    gantry::Host host_;
    gantry::Services services_;
};

}  // namespace

GANTRY_PLUGIN(Reader, "reader", "1.0.0")
