#include <gantry/plugin.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace worker {

using gantry::Request;
using gantry::Response;
using gantry::Task;

class Plugin {
  public:
    explicit Plugin(gantry::Host host) : database_(host), jobs_(host) {
        gantry::JobOptions quick;
        quick.attempts_max = 50;
        quick.retry_first = std::chrono::milliseconds(10);
        jobs_.handle("quick", *this, &Plugin::note_down, quick);
        jobs_.handle("slow", *this, &Plugin::take_long, quick);
        jobs_.schedule("every-minute", "* * * * *", "Europe/Berlin", "quick", gantry::CatchUp::Once);
    }

    void routes(gantry::Routes<Plugin>& routes) {
        routes.post("/worker/jobs/{kind}", &Plugin::submit);
        routes.post("/worker/sent", &Plugin::submit_within);
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

    Task<Response> submit_within(const Request&) const {
        gantry::Transaction transaction = co_await database_.begin();
        const std::string id = co_await jobs_.submit("quick").within(transaction);
        co_await transaction.query("insert into sent (job) values ($1)", id);
        co_await transaction.commit();
        co_return gantry::text(id, 202);
    }

    gantry::Database database_;
    gantry::Jobs jobs_;
};

}  // namespace worker

GANTRY_PLUGIN(worker::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
