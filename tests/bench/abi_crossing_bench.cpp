// What the border costs: a request through the pipeline to a handler that is linked in, and to the same handler in a plugin
// behind the C ABI. The replies lead nowhere, so what differs is the bridge, the ABI and the SDK.

#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gantry/abi/log.h>
#include <gantry/abi/plugin.h>
#include <gantry/abi/sys.h>

#include "host/bridge/host_table.hpp"
#include "host/core/thread_kind.hpp"
#include "host/core/thread_pool.hpp"
#include "host/http/pipeline.hpp"
#include "host/http/route_table.hpp"
#include "host/log/logger.hpp"

namespace {

namespace http = host::http;

void greet(const std::shared_ptr<http::Exchange>& exchange) {
    std::string text = "Hello";
    text.append(", ").append(exchange->params().front().value).append("!\n");
    http::Head head(200);
    head.add("content-type", "text/plain; charset=utf-8");
    exchange->send(std::move(head), http::Bytes(std::move(text)));
}

host::log::Settings quiet() {
    host::log::Settings settings;
    settings.level = host::log::Level::Error;
    return settings;
}

http::Settings without_access_log() {
    http::Settings settings;
    settings.access_log = false;
    return settings;
}

// The pipeline with both routes, and the plugin behind one of them.
class Fixture {
  public:
    Fixture() : logger_(host::log::open_stderr(quiet()), "bench"), pipeline_(without_access_log(), logger_, blocking_) {
        http::Route linked_in;
        linked_in.method = "GET";
        linked_in.pattern = "/linked/{name}";
        linked_in.owner = "host";
        linked_in.handle = greet;
        routes_.add(std::move(linked_in));
        start_plugin();
        pipeline_.publish(std::move(routes_).freeze());
        host::core::set_thread_kind(host::core::ThreadKind::Worker);
    }
    ~Fixture() {
        plugin_->stop(plugin_);
        plugin_->destroy(plugin_);
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    void request(benchmark::State& state, std::string_view path) {
        http::Request request;
        request.method = "GET";
        request.target = path;
        request.path = path;
        request.fields = {{"Host", "127.0.0.1:8080"}};
        request.peer = "127.0.0.1:50000";
        for (auto _ : state)
            pipeline_.dispatch(request, http::Reply(std::weak_ptr<http::Connection>(), 0));
    }

  private:
    void start_plugin() {
        void* library = dlopen(GANTRY_PLUGIN_FILE, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw std::runtime_error(dlerror());
        const auto* entry = static_cast<const gantry_entry*>(dlsym(library, "gantry_plugin_entry"));
        if (entry == nullptr) throw std::runtime_error(dlerror());
        gantry_error error{};
        error.struct_size = sizeof error;
        if (entry->create(host_.host(), &plugin_, &error) < 0 || plugin_->start(plugin_, &error) < 0) {
            throw std::runtime_error(std::string("the plugin hello did not start: ") + error.message);
        }
    }

    host::log::Logger logger_;
    host::core::ThreadPool blocking_{"blocking", {1, 1}};
    http::Pipeline pipeline_;
    http::RouteTableBuilder routes_;
    host::bridge::HostTable host_{{"hello", "/nonexistent", {GANTRY_LOG, GANTRY_SYS, GANTRY_HTTP_SERVER}},
                                  {[this](http::Route route) { routes_.add(std::move(route)); }, {}, {}},
                                  {},
                                  logger_};
    gantry_plugin* plugin_ = nullptr;
};

Fixture& fixture() {
    static Fixture made;
    return made;
}

void linked_in(benchmark::State& state) {
    fixture().request(state, "/linked/World");
}
void through_the_abi(benchmark::State& state) {
    fixture().request(state, "/hello/World");
}

BENCHMARK(linked_in);
BENCHMARK(through_the_abi);

}  // namespace

BENCHMARK_MAIN();
