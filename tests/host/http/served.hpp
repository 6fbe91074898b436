#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/http/pipeline.hpp"
#include "host/http/server.hpp"
#include "tests/support/http_client.hpp"

namespace host::http {

using Handler = std::function<void(const std::shared_ptr<Exchange>&)>;

// A route of the plugin "notes".
Route route(std::string method, std::string pattern, Handler handle);
// 200 with a text, from wherever the handler wishes.
bool send_text(Exchange& exchange, std::string text);
std::shared_ptr<const RouteTable> table_of(std::vector<Route> routes);

// Routes behind the real pipeline on the real server, on a free port.
class Served {
  public:
    explicit Served(std::vector<Route> routes, Settings settings = {});
    ~Served() { stop(); }

    std::string address() const { return server_->addresses().front(); }
    support::HttpClient& client() { return client_; }
    Pipeline& pipeline() { return pipeline_; }
    WebSocketHub& websockets() { return websockets_; }
    Server& server() { return *server_; }
    // Everything that was logged; stops the server first, so that nothing is still being written.
    const std::string& log();
    void stop();

  private:
    std::string lines_;
    std::unique_ptr<core::ThreadPool> pool_;
    log::Logger logger_;
    Pipeline pipeline_;
    WebSocketHub websockets_;
    std::unique_ptr<Server> server_;
    support::HttpClient client_;
};

}  // namespace host::http
