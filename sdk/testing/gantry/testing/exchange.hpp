#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_server.h>
#include <gantry/testing/answer.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// A request to send to a plugin.
struct ClientRequest {
    std::string method = "GET";
    std::string target;  // "/notes?limit=5"
    HeaderList headers = {};
    std::string body = {};
    std::string principal = {};  // JSON of who calls, as a route that is not public gets it
};

inline std::vector<gantry_pair> pairs_of(const HeaderList& list) {
    std::vector<gantry_pair> pairs;
    for (const auto& [name, value] : list)
        pairs.push_back({str(name), str(value)});
    return pairs;
}

// A request in flight: owns what the plugin's view points to, and what has been answered so far. Guarded by FakeHttp.
struct Exchange {
    enum class State { Open, Streaming, Ended };

    Exchange(gantry_id the_id, ClientRequest the_request, HeaderList the_params)
        : id(the_id), request(std::move(the_request)), params(std::move(the_params)) {
        const std::size_t question = std::min(request.target.find('?'), request.target.size());
        path = request.target.substr(0, question);
        query = request.target.substr(std::min(question + 1, request.target.size()));
        header_pairs = pairs_of(request.headers);
        param_pairs = pairs_of(params);
        view.struct_size = sizeof view;
        view.method = str(request.method);
        view.path = str(path);
        view.query = str(query);
        view.peer = str("192.0.2.1:50086");
        view.request_id = str("request-1");
        view.principal = str(request.principal);
        view.headers = header_pairs.data();
        view.headers_n = static_cast<std::uint32_t>(header_pairs.size());
        view.params = param_pairs.data();
        view.params_n = static_cast<std::uint32_t>(param_pairs.size());
        view.body = {request.body.data(), request.body.size()};
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    gantry_id id;
    ClientRequest request;
    HeaderList params;
    std::string path;
    std::string query;
    std::vector<gantry_pair> header_pairs;
    std::vector<gantry_pair> param_pairs;
    gantry_request view{};

    State state = State::Open;
    bool client_left = false;
    Answer answer;
    // Of a stream.
    gantry_stream_events events{};
    void* events_user = nullptr;
    std::size_t unread_bytes = 0;
    bool awaits_writable = false;
    std::size_t waits = 0;  // how often the plugin was told to wait
};

}  // namespace gantry::testing
