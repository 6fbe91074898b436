#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "host/http/chunked_decoder.hpp"
#include "host/http/request_head.hpp"

namespace host::http {

// Reads requests out of a connection's bytes, one after the other, however they are cut. A request that is whole in the
// bytes handed in is views of them; only one whose body is still under way is copied.
class RequestReader {
  public:
    enum class State {
        NeedMore,   // keep what is left of the input and come back with more behind it
        NeedLimit,  // the head is in and announces a body: call allow_body(), then read() again with the same input
        Whole,      // request() is complete; its bytes are those just handed in, or the reader's
        Refused,    // refusal() says why; nothing more can be read
    };

    explicit RequestReader(const Settings& limits) : limits_(limits), scanner_(limits) {}

    // Takes from the front of `input` what it has understood for good.
    State read(std::string_view& input);
    void allow_body(std::uint64_t bytes_max);
    // Who sends the requests; stands in each of them.
    struct Client {
        std::string_view peer;
        bool tls = false;
        std::string_view subject = {};
    };
    // Forgets what was read and begins anew; the memory of the fields is kept.
    void begin(const Client& client);
    void next() { begin({request_.peer, request_.tls, request_.client_subject}); }

    const Request& request() const { return request_; }
    const Framing& framing() const { return framing_; }
    const Refusal& refusal() const { return *refusal_; }
    bool in_body() const { return step_ == Step::Body; }
    bool at_start() const { return step_ == Step::Start; }
    // The client waits for a 100 before it sends the body, of which nothing has come yet.
    bool wants_continue() const { return wants_continue_; }
    void continue_sent() { wants_continue_ = false; }

  private:
    enum class Step { Start, Head, Limit, Body };

    State refuse(const Refusal& refusal);
    State read_head(std::string_view input);
    State read_body(std::string_view& input);
    State read_sized(std::string_view& input);
    State read_chunked(std::string_view& input);
    void keep_head(std::string_view& input);

    const Settings& limits_;
    Step step_ = Step::Start;
    HeadScanner scanner_;
    Request request_;
    Framing framing_;
    std::size_t head_size_ = 0;
    bool wants_continue_ = false;
    // Of a request whose body did not come with its head.
    std::string head_;
    std::string body_;
    std::unique_ptr<ChunkedDecoder> chunks_;
    const Refusal* refusal_ = nullptr;
};

}  // namespace host::http
