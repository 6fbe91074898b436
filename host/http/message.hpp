#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/abi/base.h>

// The values that HTTP is made of here. They know neither sockets nor routes.
namespace host::http {

// A header field as sent (RFC 9110 section 5): names compare case-insensitively, duplicates and order are kept.
struct Field {
    std::string_view name;
    std::string_view value;
};

bool equal_names(std::string_view a, std::string_view b);

// One request. Everything is a view: whoever made it says how long the bytes live.
struct Request {
    std::string_view method;  // case-sensitive
    std::string_view target;  // as sent
    std::string_view path;    // of the target, still percent-encoded; "*" for OPTIONS *
    std::string_view query;   // without '?', still percent-encoded
    std::vector<Field> fields;
    std::string_view body;
    std::string_view peer;  // "192.0.2.1:50086", "[2001:db8::1]:50086", "unix"
    int minor_version = 1;  // HTTP/1.x
    bool tls = false;
    // "CN=reports,O=Example" (RFC 2253): of the certificate with which the client proved who it is. Empty: none.
    std::string_view client_subject;

    // The first field of that name; null if there is none.
    const Field* find(std::string_view name) const;
};

// A request that owns its bytes, for those that outlive the connection's buffer.
class KeptRequest {
  public:
    explicit KeptRequest(const Request& request);
    KeptRequest(const KeptRequest&) = delete;
    KeptRequest& operator=(const KeptRequest&) = delete;
    const Request& view() const { return view_; }

  private:
    std::string bytes_;
    Request view_;
};

// Status and fields of an answer, kept as the bytes that go on the wire. The server adds the status line, Date,
// Content-Length or Transfer-Encoding, and Connection.
class Head {
  public:
    explicit Head(std::uint16_t status) : status_(status) {}

    // Throws InvalidArgument for what is no RFC 9110 field syntax (CR, LF, NUL, a space in the name, ...) and for the
    // fields that belong to the connection.
    Head& add(std::string_view name, std::string_view value);
    // For text known to be right: "Name: value\r\n", any number of them.
    Head& add_raw(std::string_view lines) {
        lines_.append(lines);
        return *this;
    }

    std::uint16_t status() const { return status_; }
    std::string_view lines() const { return lines_; }
    // Is there a field of that name among those added?
    bool has(std::string_view name) const;

  private:
    std::uint16_t status_;
    std::string lines_;
};

// A body or a piece of one, with its owner: our own string, or a slice that a plugin wants back.
class Bytes {
  public:
    Bytes() = default;
    explicit Bytes(std::string text) : text_(std::move(text)) {}
    // Takes over `slice.release`; a slice without one is copied. `pin` is kept until after the release: the code of the
    // plugin that is called there.
    explicit Bytes(const gantry_slice& slice, std::shared_ptr<const void> pin = nullptr);
    Bytes(Bytes&& other) noexcept;
    Bytes& operator=(Bytes&& other) noexcept;
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;
    ~Bytes();

    std::string_view view() const;
    std::size_t size() const { return view().size(); }
    // Gives the slice back to its owner unreleased: the call that passed it failed (rule 4 of the ABI).
    void disown() { slice_.release = nullptr; }

  private:
    std::string text_;
    std::shared_ptr<const void> pin_;
    gantry_slice slice_{nullptr, 0, nullptr, nullptr};
};

// "Not Found"; empty for a status without a registered phrase.
std::string_view reason_phrase(std::uint16_t status);

}  // namespace host::http
