// The C++ of docs/PLUGIN_GUIDE.md, each block as it stands there, with around it what it takes for granted. It is compiled
// and never run.
#include <gtest/gtest.h>

#include <gantry/fake_host.hpp>
#include <gantry/plugin.hpp>

using gantry::Json;
using gantry::Request;
using gantry::Rows;
using gantry::Task;
using gantry::testing::FakeHost;

namespace first_plugin {
struct Settings {
    static void schema(gantry::Schema<Settings>&) {}
};
#include "the_first_plugin_1.inc"

gantry::Response greet(const gantry::Request&) const {
    return gantry::text("");
}
const Settings settings_;
};  // the class that the block begins
}  // namespace first_plugin

namespace settings {
#include "settings_1.inc"
}  // namespace settings

namespace notes {
extern const gantry::Host host_;
std::string words_schema(), limit_schema(), offset_schema(), offset_page_schema();

#include "metrics_1.inc"

struct Note {
    std::int64_t id;
};
std::string public_id(std::int64_t id);
Json to_json(const Note& note);

class Store {
  public:
    Task<bool> remove(std::int64_t id) const;
    Task<std::vector<Note>> page_after(std::int64_t last, std::int64_t count) const;
    gantry::Database database_;
};
#include "the_database_1.inc"
}  // namespace notes

namespace handlers {
using namespace notes;

class Handlers {
  public:
    Task<gantry::Response> search(const Request& request) const;
    Task<void> export_all(const Request& request) const;
    Task<void> echo(const Request& request) const;

    Store store_;
    settings::Settings settings_;
};

[[noreturn]] void fail() {
#include "handlers_1.inc"
}

void describe(gantry::Routes<Handlers>& notes) {
#include "describing_routes_1.inc"
}

#include "streaming_1.inc"
#include "websockets_1.inc"
}  // namespace handlers

namespace services {
class Handlers {
  public:
    Handlers(gantry::Host host, std::string fresh)
        : exported_(host, "exported_total", "", {"format"}),
          queued_(host, "queued", ""),
          search_seconds_(host, "search_seconds", ""),
          http_(host) {
        gantry::HttpRequest request("GET", "https://api.example.org");
#include "secrets_1.inc"
    }

    void record(){
#include "metrics_2.inc"
    }

    Task<void> values(gantry::Host host, std::string id, std::string text, std::string changed, std::string address) {
#include "small_values_counters_limits_1.inc"
        (void)visits;
    }

    Task<void> calls(std::string key, std::string body) {
#include "calls_to_other_servers_1.inc"
    }

  private:
    void renew() {}

    gantry::Counter exported_;
    gantry::Gauge queued_;
    gantry::Histogram search_seconds_;
    gantry::HttpClient http_;
    gantry::Secrets::Watch watch_;
};
}  // namespace services

namespace jobs {
class Plugin {
  public:
#include "jobs_1.inc"

  private:
    gantry::Jobs jobs_;
};
}  // namespace jobs

namespace messages {
class Plugin {
  public:
    Task<void> publish(gantry::Transaction transaction, Json json, std::string id){
#include "events_1.inc"
    }

    Task<void> call(std::string wanted, const Request& request){
#include "services_of_other_plugins_1.inc"
    }

    Task<void> on_note(const gantry::Event& event);
    std::string find(const gantry::ServiceCall& call);

#include "who_calls_1.inc"

  private:
    gantry::Events events_;
    gantry::Services services_;
};
}  // namespace messages

namespace fake_host {
void greets() {
#include "tests_1.inc"
}
}  // namespace fake_host
