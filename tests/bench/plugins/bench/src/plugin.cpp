#include <gantry/plugin.hpp>

#include <charconv>
#include <chrono>
#include <string>

#include "broadcast.hpp"
#include "ticker.hpp"

namespace bench {

class Plugin {
  public:
    explicit Plugin(gantry::Host host) : database_(host), ticker_(std::chrono::milliseconds(100)) {}

    void routes(gantry::Routes<Plugin>& routes) {
        routes.get("/bench/blocking", &Plugin::greet).blocking().internal();
        routes.get("/bench/rows/{id}", &Plugin::row).internal();
        routes.get("/bench/ticks", &Plugin::ticks).internal();
        routes.get("/bench/flood", &Plugin::flood).internal();
        routes.get("/bench/broadcast", &Plugin::broadcast).internal();
    }

  private:
    // The same bytes as hello's route, by way of the blocking pool.
    gantry::Response greet(const gantry::Request&) const { return gantry::text("Hello, World!\n"); }

    // One row by key: the route that is held against pgbench -S.
    gantry::Task<gantry::Response> row(const gantry::Request& request) const {
        const gantry::Rows rows =
            co_await database_.query("select balance from account where id = $1", number(request.param("id"))).idempotent();
        const auto found = rows.first();
        if (!found) throw gantry::Error(gantry::Status::NotFound, "there is no such row");
        co_return gantry::text(std::to_string(found->get<std::int64_t>("balance")) + "\n");
    }

    // An event at each tick, as long as the client stays.
    gantry::Task<void> ticks(const gantry::Request& request) {
        gantry::Stream out = request.stream("text/event-stream");
        for (;;) {
            co_await out.event("", "tick", event_text);
            co_await ticker_.next();
        }
    }

    // Events as fast as the client takes them: what a slow one makes of this is back-pressure.
    gantry::Task<void> flood(const gantry::Request& request) {
        gantry::Stream out = request.stream("text/event-stream");
        for (;;)
            co_await out.event("", "flood", event_text);
    }

    // A WebSocket that hears the message that all hear, once a second.
    gantry::Response broadcast(const gantry::Request& request) {
        broadcast_.add(request);
        return gantry::empty();
    }

    static std::int64_t number(std::string_view text) {
        std::int64_t value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
            throw gantry::Error(gantry::Status::Invalid, "id must be a number");
        }
        return value;
    }

    static constexpr std::string_view event_text =
        R"({"at":"2026-01-01T00:00:00Z","kind":"measurement","name":"requests","value":4711,"unit":"1/s","labels":{"route":"/"}})";

    const gantry::Database database_;
    Ticker ticker_;
    Broadcast broadcast_;
};

}  // namespace bench

GANTRY_PLUGIN(bench::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
