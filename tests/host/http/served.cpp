#include "tests/host/http/served.hpp"

#include <utility>

#include "host/http/route_table.hpp"

namespace host::http {

namespace {

Settings on_a_free_port(Settings settings) {
    settings.listen = {"127.0.0.1:0"};
    if (settings.workers == 0) settings.workers = 2;
    return settings;
}

std::unique_ptr<Server> started(const Settings& settings, Pipeline& pipeline, const log::Logger& logger,
                                WebSocketHub& websockets) {
    auto server = std::make_unique<Server>(on_a_free_port(settings), pipeline, logger, &websockets);
    server->start();
    return server;
}

}  // namespace

Route route(std::string method, std::string pattern, Handler handle) {
    Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.owner = "notes";
    made.handle = std::move(handle);
    return made;
}

bool send_text(Exchange& exchange, std::string text) {
    Head head(200);
    head.add("Content-Type", "text/plain");
    return exchange.send(std::move(head), Bytes(std::move(text)));
}

std::shared_ptr<const RouteTable> table_of(std::vector<Route> routes) {
    RouteTableBuilder builder;
    for (Route& each : routes)
        builder.add(std::move(each));
    return std::move(builder).freeze();
}

Served::Served(std::vector<Route> routes, Settings settings)
    : pool_(std::make_unique<core::ThreadPool>(
          "blocking", core::ThreadPool::Size{settings.blocking_threads == 0 ? 2 : settings.blocking_threads,
                                             settings.blocking_queue_max})),
      logger_(log::open_memory({}, lines_), "http"),
      pipeline_(settings, logger_, *pool_),
      websockets_(settings, logger_),
      server_(started(settings, pipeline_, logger_, websockets_)),
      client_(address()) {
    pipeline_.publish(table_of(std::move(routes)));
}

void Served::stop() {
    if (server_) server_->stop();
    pool_.reset();
}

const std::string& Served::log() {
    stop();
    return lines_;
}

}  // namespace host::http
