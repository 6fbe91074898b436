#pragma once

#include <curl/curl.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/http_client/address.hpp"
#include "host/http_client/call.hpp"
#include "host/http_client/poller.hpp"
#include "host/http_client/settings.hpp"
#include "host/http_client/url.hpp"

namespace host::http_client {

// What one request on the wire is made of.
struct Wanted {
    const Url& url;
    const std::string& method;
    const std::vector<Header>& headers;
    std::string_view body;
    const BodyStream* body_stream = nullptr;  // in place of `body`, by AttemptEvents::on_body_wanted()
    bool http1 = false;
};

// libcurl's callbacks of one attempt, as C++.
class AttemptEvents {
  public:
    virtual ~AttemptEvents() = default;
    virtual bool on_head_line(std::string_view line) = 0;                       // false: give up
    virtual std::size_t on_body(std::string_view bytes) = 0;                    // as CURLOPT_WRITEFUNCTION
    virtual std::size_t on_body_wanted(char* into, std::size_t bytes_max) = 0;  // as CURLOPT_READFUNCTION
    virtual bool may_connect(AddressKind kind) = 0;                             // a socket is about to be opened
    virtual bool may_send(const char* address) = 0;  // on the connection chosen, new or used before
    virtual void on_progress() = 0;                  // bytes of the body went
    virtual void on_connection() = 0;                // a socket was opened
};

// One request with its answer: an easy handle, from set-up to clean-up.
class Attempt {
  public:
    // The poller outlives every connection that this opens.
    Attempt(const Wanted& wanted, const Settings& settings, AttemptEvents& events, Poller& poller, void* owner);
    ~Attempt();
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    CURL* easy() const { return easy_; }
    std::string error_text() const { return error_; }
    bool sent_anything() const;
    long retry_after_seconds() const;

  private:
    void set_headers(const Wanted& wanted);
    void set_method(const Wanted& wanted);
    void set_connection(const Wanted& wanted, const Settings& settings);
    void set_callbacks(const Wanted& wanted);
    void add_header(const std::string& line);

    static std::size_t head_line(const char* data, std::size_t size, std::size_t count, void* events);
    static std::size_t body(const char* data, std::size_t size, std::size_t count, void* events);
    static std::size_t body_wanted(char* into, std::size_t size, std::size_t count, void* events);
    static curl_socket_t open_socket(void* self, curlsocktype purpose, struct curl_sockaddr* address);
    static int close_socket(void* poller, curl_socket_t socket);
    static int prerequisite(void* events, char* remote, char* local, int remote_port, int local_port);
    static int progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent);

    CURL* easy_;
    AttemptEvents& events_;
    Poller& poller_;
    curl_slist* headers_ = nullptr;
    curl_slist* resolve_ = nullptr;
    curl_off_t moved_ = 0;
    char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace host::http_client
