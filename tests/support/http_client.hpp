#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A small blocking HTTP/1.1 client for tests: keep-alive, chunked answers, streams, and raw bytes for what a decent client
// would not send. Everything that goes wrong throws std::runtime_error; nothing waits longer than ten seconds.
namespace support {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
    int status = 0;
    Headers fields;
    std::string body;

    // The first value of that name, in any case; null if there is none.
    const std::string* find(std::string_view name) const;
    // The same, empty if there is none.
    std::string field(std::string_view name) const;
    std::size_t count(std::string_view name) const;
};

class HttpClient {
  public:
    // "127.0.0.1:43117", "[::1]:43117" or "unix:/run/...", as Server::addresses() says it.
    explicit HttpClient(std::string address) : address_(std::move(address)) {}
    ~HttpClient() { close(); }
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    HttpAnswer get(std::string_view target, const Headers& fields = {}) { return request("GET", target, fields); }
    // Sends and reads the answer; connects again if the server has closed after the last one.
    HttpAnswer request(std::string_view method, std::string_view target, const Headers& fields = {},
                       std::string_view body = {});

    // The parts, for pipelines and streams.
    void send(std::string_view method, std::string_view target, const Headers& fields = {}, std::string_view body = {});
    void send_raw(std::string_view bytes);
    HttpAnswer read_answer(std::string_view method = "GET");
    // The head alone; then the chunks of its body one by one, nothing after the last.
    HttpAnswer read_head();
    std::optional<std::string> read_chunk();

    bool connected() const { return socket_ >= 0; }
    // Leaves without a goodbye: the server sees a reset.
    void reset();
    void close();

  private:
    void connect();
    void fill();
    std::string read_line();
    std::string read_exactly(std::size_t size);
    std::string read_to_end();

    std::string address_;
    int socket_ = -1;
    std::string buffer_;
};

}  // namespace support
