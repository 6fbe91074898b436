#include "host/http_client/attempt.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>

#include "host/core/version.hpp"
#include "host/http_client/body_stream.hpp"
#include "host/http_client/easy_pool.hpp"

namespace host::http_client {

namespace {

constexpr long receive_bytes = 16 * 1024;

// Every attempt lives on the thread of the one client that makes it.
EasyPool& easy_pool() {
    thread_local EasyPool pool;
    return pool;
}

bool names(const std::vector<Header>& headers, const char* name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Header& header) { return curl_strequal(header.name.c_str(), name) != 0; });
}

// A request without a body, and without a word about it, otherwise.
bool has_body(const Wanted& wanted) {
    return wanted.body_stream != nullptr || !wanted.body.empty() || wanted.method == "POST" || wanted.method == "PUT" ||
           wanted.method == "PATCH";
}

}  // namespace

Attempt::Attempt(const Wanted& wanted, const Settings& settings, AttemptEvents& events, Poller& poller, void* owner)
    : easy_(easy_pool().take()), events_(events), poller_(poller) {
    if (easy_ == nullptr) throw std::bad_alloc();
    curl_easy_setopt(easy_, CURLOPT_PRIVATE, owner);
    curl_easy_setopt(easy_, CURLOPT_CURLU, wanted.url.handle());
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, receive_bytes);
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
    // A resolver that hangs must not hold up everybody when its call is given up.
    curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
    set_method(wanted);
    set_headers(wanted);
    set_connection(wanted, settings);
    set_callbacks(wanted);
}

Attempt::~Attempt() {
    easy_pool().give_back(easy_);
    curl_slist_free_all(headers_);
    curl_slist_free_all(resolve_);
}

void Attempt::set_method(const Wanted& wanted) {
    const std::string& method = wanted.method;
    if (method == "HEAD") {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
        return;
    }
    if (wanted.body_stream != nullptr) {
        // Without a length it goes out chunked.
        const auto length = wanted.body_stream->length();
        curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, length ? static_cast<curl_off_t>(*length) : curl_off_t{-1});
    } else if (has_body(wanted)) {
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(wanted.body.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, wanted.body.empty() ? "" : wanted.body.data());
    }
    if (has_body(wanted) || method != "GET") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Attempt::add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers_ = longer;
}

void Attempt::set_headers(const Wanted& wanted) {
    for (const Header& header : wanted.headers) {
        // libcurl writes a header without a value only if it ends in a semicolon.
        add_header(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    // What libcurl would add of its own, where it would.
    if (has_body(wanted)) {
        add_header("Expect:");
        if (!names(wanted.headers, "content-type")) add_header("Content-Type:");
    }
    static const std::string user_agent = "gantry/" + std::string(core::version());
    if (!names(wanted.headers, "user-agent")) curl_easy_setopt(easy_, CURLOPT_USERAGENT, user_agent.c_str());
    if (headers_ != nullptr) curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
}

void Attempt::set_connection(const Wanted& wanted, const Settings& settings) {
    // HTTP/2 without TLS loses every second request on a reused connection in libcurl 7.88.
    const long version = wanted.http1 || !wanted.url.is_tls() ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS;
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, version == CURL_HTTP_VERSION_2TLS ? 1L : 0L);
    curl_easy_setopt(easy_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings.ca_file.empty()) {
        curl_easy_setopt(easy_, CURLOPT_CAINFO, settings.ca_file.c_str());
        curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
    }
    // Set even if empty: the environment's proxies are not the administrator's word.
    curl_easy_setopt(easy_, CURLOPT_PROXY, settings.proxy.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_deadline.count()));
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    for (const std::string& entry : settings.resolve)
        resolve_ = curl_slist_append(resolve_, entry.c_str());
    if (resolve_ != nullptr) curl_easy_setopt(easy_, CURLOPT_RESOLVE, resolve_);
}

void Attempt::set_callbacks(const Wanted& wanted) {
    AttemptEvents* const events = &events_;
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, head_line);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, events);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, events);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &poller_);
    curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, prerequisite);
    curl_easy_setopt(easy_, CURLOPT_PREREQDATA, events);
    // Of what comes the functions above tell; only what goes has no other sign.
    if (wanted.body_stream == nullptr && wanted.body.empty()) return;
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, body_wanted);
    curl_easy_setopt(easy_, CURLOPT_READDATA, events);
    curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
}

bool Attempt::sent_anything() const {
    long bytes = 0;
    curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes > 0;
}

long Attempt::retry_after_seconds() const {
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds);
    return static_cast<long>(std::clamp<curl_off_t>(seconds, 0, 86'400));
}

std::size_t Attempt::head_line(const char* data, std::size_t size, std::size_t count, void* events) {
    return static_cast<AttemptEvents*>(events)->on_head_line({data, size * count}) ? size * count : 0;
}

std::size_t Attempt::body(const char* data, std::size_t size, std::size_t count, void* events) {
    return static_cast<AttemptEvents*>(events)->on_body({data, size * count});
}

std::size_t Attempt::body_wanted(char* into, std::size_t size, std::size_t count, void* events) {
    return static_cast<AttemptEvents*>(events)->on_body_wanted(into, size * count);
}

// The address that is checked is the one that is connected to: nothing is resolved in between.
curl_socket_t Attempt::open_socket(void* self, curlsocktype, struct curl_sockaddr* address) {
    auto* attempt = static_cast<Attempt*>(self);
    if (!attempt->events_.may_connect(kind_of(address->addr))) return CURL_SOCKET_BAD;
    attempt->events_.on_connection();
    const int opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened < 0) return CURL_SOCKET_BAD;
    attempt->poller_.opened(opened);
    return opened;
}

// A kept connection outlives the attempt that opened it.
int Attempt::close_socket(void* poller, curl_socket_t socket) {
    static_cast<Poller*>(poller)->closed(socket);
    return close(socket);
}

int Attempt::prerequisite(void* events, char* remote, char*, int, int) {
    return static_cast<AttemptEvents*>(events)->may_send(remote) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

int Attempt::progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
    auto* attempt = static_cast<Attempt*>(self);
    if (received + sent == attempt->moved_) return 0;
    attempt->moved_ = received + sent;
    attempt->events_.on_progress();
    return 0;
}

}  // namespace host::http_client
