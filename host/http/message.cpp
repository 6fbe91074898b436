#include "host/http/message.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "host/core/error.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// They frame the message or belong to one hop: only the server may write them.
constexpr std::array<std::string_view, 6> connection_fields = {"Connection", "Content-Length", "Transfer-Encoding",
                                                               "Keep-Alive", "Upgrade",        "Trailer"};

bool belongs_to_connection(std::string_view name) {
    return std::any_of(connection_fields.begin(), connection_fields.end(),
                       [&](std::string_view field) { return equal_names(field, name); });
}

bool inside(std::string_view whole, std::string_view part) {
    return !std::less<>{}(part.data(), whole.data()) && !std::less<>{}(whole.data() + whole.size(), part.data());
}

}  // namespace

bool equal_names(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

const Field* Request::find(std::string_view name) const {
    for (const Field& field : fields) {
        if (equal_names(field.name, name)) return &field;
    }
    return nullptr;
}

KeptRequest::KeptRequest(const Request& request) {
    std::size_t size = request.method.size() + request.target.size() + request.path.size() + request.query.size() +
                       request.body.size() + request.peer.size() + request.client_subject.size();
    for (const Field& field : request.fields)
        size += field.name.size() + field.value.size();
    // Reserved once: the views must not move while they are taken.
    bytes_.reserve(size);
    const auto keep = [this](std::string_view text) {
        const std::size_t offset = bytes_.size();
        bytes_.append(text);
        return std::string_view(bytes_).substr(offset);
    };
    // Path and query are usually parts of the target: then they stay parts of its copy.
    const auto keep_part = [&](std::string_view part) {
        if (part.empty() || !inside(request.target, part)) return keep(part);
        const auto offset = static_cast<std::size_t>(part.data() - request.target.data());
        return view_.target.substr(offset, part.size());
    };
    view_.method = keep(request.method);
    view_.target = keep(request.target);
    view_.path = keep_part(request.path);
    view_.query = keep_part(request.query);
    view_.fields.reserve(request.fields.size());
    for (const Field& field : request.fields) {
        const std::string_view name = keep(field.name);
        view_.fields.push_back({name, keep(field.value)});
    }
    view_.body = keep(request.body);
    view_.peer = keep(request.peer);
    view_.minor_version = request.minor_version;
    view_.tls = request.tls;
    view_.client_subject = keep(request.client_subject);
}

Head& Head::add(std::string_view name, std::string_view value) {
    if (!is_token(name)) {
        throw core::Error{core::Code::InvalidArgument, "a header name must be a token (RFC 9110), found one of " +
                                                           std::to_string(name.size()) + " bytes that is not"};
    }
    if (belongs_to_connection(name)) {
        throw core::Error{core::Code::InvalidArgument,
                          "header " + std::string(name) + " belongs to the connection, the host writes it"};
    }
    if (!is_field_value(value)) {
        throw core::Error{core::Code::InvalidArgument,
                          "the value of header " + std::string(name) + " has a control character (RFC 9110)"};
    }
    lines_.reserve(lines_.size() + name.size() + value.size() + 4);
    lines_.append(name).append(": ").append(trim(value)).append("\r\n");
    return *this;
}

bool Head::has(std::string_view name) const {
    std::string_view rest = lines_;
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        if (colon == std::string_view::npos) return false;
        if (equal_names(rest.substr(0, colon), name)) return true;
        const std::size_t end = rest.find("\r\n", colon);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return false;
}

}  // namespace host::http
