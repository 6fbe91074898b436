#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace support {

// A client that sends exactly the bytes it is told to, right or wrong, and reads what comes back. Every call gives up
// with std::runtime_error after ten seconds.
class RawClient {
  public:
    struct Answer {
        int status = 0;
        std::map<std::string, std::string> fields;  // by name in lower case, the last of each
        std::string head;
        std::string body;
    };
    enum class Method { Get, Head };  // what was asked: the answer to HEAD has no body

    // "127.0.0.1:43117", "[::1]:43117", "unix:/run/..."; ":43117" is IPv4. receive_bytes > 0: of the kernel's buffer.
    explicit RawClient(const std::string& address, int receive_bytes = 0);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    RawClient& send(std::string_view bytes);
    // As much as is taken until `bytes` are sent or the server has answered or closed; returns how much was.
    std::size_t send_until_answered(std::size_t bytes);
    Answer read_answer(Method method = Method::Get);
    // Exactly so many bytes; fewer only if the server closes.
    std::string read(std::size_t size);
    // Until the bytes read so far and not taken contain `text`; takes everything up to its end.
    std::string read_until(std::string_view text);
    // Until the server closes.
    std::string read_to_end();
    // Until the server closes or resets, however it does.
    void wait_for_end();

    void finish();  // shuts down our sending side
    void close();
    void reset();  // closes so that the server sees a reset

  private:
    // False: the server has closed.
    bool fill();
    std::string take(std::size_t size);
    std::string read_chunks();

    int socket_ = -1;
    std::string buffer_;
};

}  // namespace support
