// Provides library.books/1; its setting tells which instance answered.
#include <gantry/plugin.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace {

using gantry::Json;
using gantry::ServiceCall;

class Library {
  public:
    struct Config {
        std::string shelf = "A";
        static void schema(gantry::Schema<Config>& s) {
            s.field("shelf", &Config::shelf, "Tells an instance from the next");
        }
    };

    Library(gantry::Host host, const Config& config) : host_(host), services_(host), database_(host), config_(config) {
        services_.provide("library.books/1", *this, gantry::method("find", &Library::find),
                          gantry::method("read", &Library::read), gantry::method("browse", &Library::browse),
                          gantry::method("burn", &Library::burn), gantry::method("fill", &Library::fill));
    }
    void routes(gantry::Routes<Library>& routes) { routes.get("/library/browsing", &Library::browsing); }

  private:
    Json find(const ServiceCall& call) const {
        return Json::object({{"found", call.argument()},
                             {"shelf", config_.shelf},
                             {"caller", call.caller()},
                             {"principal", call.principal()},
                             {"request_id", call.request_id()}});
    }
    // Suspends and goes on elsewhere.
    gantry::Task<std::string> read(const ServiceCall& call) const {
        const gantry::Rows rows = co_await database_.query("select $1::text as text", call.argument());
        host_.info("reads aloud");
        co_return rows[0].get<std::string>("text");
    }
    // As long as somebody waits.
    void browse(const ServiceCall& call) {
        ++browsing_;
        while (call.wanted())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        --browsing_;
    }
    void burn(const ServiceCall&) const { throw std::runtime_error("the text of a defect"); }
    std::string fill(const ServiceCall&) const { return std::string(2 << 20, 'x'); }

    gantry::Response browsing(const gantry::Request&) const { return gantry::text(std::to_string(browsing_)); }

    gantry::Host host_;
    gantry::Services services_;
    gantry::Database database_;
    const Config config_;
    std::atomic<int> browsing_{0};
};

}  // namespace

GANTRY_PLUGIN(Library, "library", "1.0.0")
