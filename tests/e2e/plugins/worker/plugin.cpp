#include <gantry/plugin.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace worker {

using gantry::Request;
using gantry::Response;
using gantry::Task;

class Plugin {
  public:
    explicit Plugin(gantry::Host host) : database_(host), jobs_(host), events_(host), secrets_(host) {
        gantry::JobOptions quick;
        quick.attempts_max = 50;
        quick.retry_first = std::chrono::milliseconds(10);
        jobs_.handle("quick", *this, &Plugin::note_down, quick);
        jobs_.handle("slow", *this, &Plugin::take_long, quick);
        events_.subscribe("ledger", "worker.*", *this, &Plugin::enter, gantry::Delivery::Durable);
        events_.subscribe("screen", "worker.*", *this, &Plugin::show_event);
        jobs_.schedule("every-minute", "* * * * *", "Europe/Berlin", "quick", gantry::CatchUp::Once);
    }

    void routes(gantry::Routes<Plugin>& routes) {
        routes.post("/worker/jobs/{kind}", &Plugin::submit);
        routes.post("/worker/errands", &Plugin::run_errand).authenticated();
        routes.post("/worker/later/{milliseconds}", &Plugin::submit_for_later);
        routes.post("/worker/sent", &Plugin::submit_within);
        routes.post("/worker/events/{key}", &Plugin::publish);
        routes.post("/worker/told/{key}", &Plugin::publish_within);
        routes.get("/worker/screen", &Plugin::screen);
        routes.put("/worker/secrets/{name}", &Plugin::keep).blocking();
        routes.get("/worker/secrets/{name}", &Plugin::show).blocking();
    }

  private:
    Task<void> note_down(const gantry::Job& job) const {
        co_await database_.query("insert into run (job, attempt) values ($1, $2)", job.id(), job.attempt());
    }

    // Blocks, as a job may, and notices when it should end.
    void take_long(const gantry::Job& job) const {
        for (std::uint32_t part = 0; part < 10; ++part) {
            if (!job.progress(part * 100)) throw gantry::Error(gantry::Status::Cancelled, "was asked to stop");
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        (void)database_.query("insert into run (job, attempt) values ($1, $2)", job.id(), job.attempt()).get();
    }

    Task<Response> submit(const Request& request) const {
        const std::string kind(request.param("kind"));
        const std::string id = co_await jobs_.submit(kind, std::string(request.body()));
        co_return gantry::text(id, 202);
    }

    Task<Response> run_errand(const Request& request) const {
        const std::string id =
            co_await jobs_.submit("quick", std::string(request.body())).on_behalf_of(request).delay(std::chrono::hours(1));
        co_return gantry::text(id, 202);
    }

    Task<Response> submit_for_later(const Request& request) const {
        const std::chrono::milliseconds delay(std::stoll(std::string(request.param("milliseconds"))));
        const std::string id = co_await jobs_.submit("quick").delay(delay);
        co_return gantry::text(id, 202);
    }

    Task<Response> submit_within(const Request&) const {
        gantry::Transaction transaction = co_await database_.begin();
        const std::string id = co_await jobs_.submit("quick").within(transaction);
        co_await transaction.query("insert into sent (job) values ($1)", id);
        co_await transaction.commit();
        co_return gantry::text(id, 202);
    }

    Task<void> enter(const gantry::Event& event) const {
        const std::string id(event.id()), key(event.key()), payload(event.payload());
        const auto attempt = static_cast<std::int32_t>(event.attempt());
        co_await database_.query("insert into heard (event, key, payload, attempt) values ($1, $2, $3, $4)", id, key,
                                 payload, attempt);
    }

    void show_event(const gantry::Event& event) {
        const std::lock_guard lock(screen_mutex_);
        screen_.emplace_back(event.payload());
    }
    Response screen(const Request&) const {
        const std::lock_guard lock(screen_mutex_);
        gantry::Json shown = gantry::Json::array();
        for (const std::string& payload : screen_)
            shown.push(payload);
        return gantry::json(shown);
    }

    Task<Response> publish(const Request& request) const {
        co_await events_.publish("worker.happened", std::string(request.body())).key(request.param("key"));
        co_return gantry::empty(202);
    }

    Task<Response> publish_within(const Request& request) const {
        const std::string payload(request.body());
        gantry::Transaction transaction = co_await database_.begin();
        co_await events_.publish("worker.happened", payload).key(request.param("key")).within(transaction);
        co_await transaction.query("insert into told (payload) values ($1)", payload);
        co_await transaction.commit();
        co_return gantry::empty(202);
    }

    Response keep(const Request& request) const {
        secrets_.put(request.param("name"), request.body());
        return gantry::empty();
    }
    Response show(const Request& request) const {
        return gantry::text(std::string(secrets_.get(request.param("name")).view()));
    }

    gantry::Database database_;
    gantry::Jobs jobs_;
    gantry::Events events_;
    gantry::Secrets secrets_;
    mutable std::mutex screen_mutex_;
    std::vector<std::string> screen_;
};

}  // namespace worker

GANTRY_PLUGIN(worker::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
