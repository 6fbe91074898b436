#pragma once

// The C side of FakeHost: each function of the services, on its way to the C++ that does it.

#include <gantry/testing/host.hpp>

#include <random>

namespace gantry::testing {

inline const gantry_log* FakeHost::log_table() {
    static const gantry_log table = {
        sizeof table, 0,
        [](const gantry_host* host, std::int32_t level, gantry_str message, const gantry_pair* fields,
           std::uint32_t fields_n) { of(host).write_log(level, message, fields, fields_n); },
        [](const gantry_host*, std::int32_t) -> std::int32_t { return 1; }};
    return &table;
}

inline const gantry_sys* FakeHost::sys_table() {
    static const gantry_sys table = {
        sizeof table,
        0,
        [](const gantry_host*) {
            const auto now = std::chrono::steady_clock::now().time_since_epoch();
            return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
        },
        [](const gantry_host*) {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
        },
        [](const gantry_host*, void* data, std::size_t size) {
            std::random_device device;
            auto* bytes = static_cast<unsigned char*>(data);
            for (std::size_t i = 0; i < size; ++i)
                bytes[i] = static_cast<unsigned char>(device());
        },
        [](const gantry_host*) -> std::int32_t { return thread_kind; }};
    return &table;
}

inline const gantry_http_server* FakeHost::http_table() {
    static const gantry_http_server table = {
        sizeof table,
        0,
        [](const gantry_host* host, const gantry_route* route, gantry_id* id, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("add_route");
            return told < 0 ? told : of(host).http_.add_route(*route, id);
        },
        [](const gantry_host* host, gantry_id request, const gantry_request** view) {
            const gantry_status told = of(host).watch_.enter("retain");
            return told < 0 ? told : of(host).http_.retain(request, view);
        },
        [](const gantry_host* host, gantry_id request, const gantry_response* response) {
            const gantry_status told = of(host).watch_.enter("reply");
            // Told that the request is gone, the plugin rightly does no more for it.
            if (told == GANTRY_E_GONE) of(host).http_.give_up(request);
            return told < 0 ? told : of(host).http_.reply(request, *response);
        },
        [](const gantry_host* host, gantry_id request, const gantry_error* error, gantry_str details) {
            const gantry_status told = of(host).watch_.enter("fail");
            if (told < 0) of(host).http_.give_up(request);
            return told < 0 ? told : of(host).http_.fail(request, *error, view(details));
        },
        [](const gantry_host* host, gantry_id request, const gantry_response* head, const gantry_stream_events* events,
           void* user) {
            const gantry_status told = of(host).watch_.enter("stream_open");
            if (told == GANTRY_E_GONE) of(host).http_.give_up(request);
            return told < 0 ? told : of(host).http_.stream_open(request, *head, events, user);
        },
        [](const gantry_host* host, gantry_id request, gantry_slice chunk) {
            const gantry_status told = of(host).watch_.enter("stream_write");
            return told < 0 ? told : of(host).http_.stream_write(request, chunk);
        },
        [](const gantry_host* host, gantry_id request, gantry_status outcome) {
            const gantry_status told = of(host).watch_.enter("stream_close");
            if (told < 0) of(host).http_.give_up(request);
            return told < 0 ? told : of(host).http_.stream_close(request, outcome);
        },
        [](const gantry_host* host, gantry_id request, gantry_body_chunk chunk, void* user) {
            const gantry_status told = of(host).watch_.enter("body_next");
            return told < 0 ? told : of(host).http_.body_next(request, chunk, user);
        },
        [](const gantry_host* host, gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status), void* user) {
            const gantry_status told = of(host).watch_.enter("on_cancel");
            return told < 0 ? told : of(host).http_.on_cancel(request, cancelled, user);
        }};
    return &table;
}

inline const gantry_database* FakeHost::database_table() {
    static const gantry_database table = {
        sizeof table, 0,
        [](const gantry_host* host, const gantry_query* query, gantry_rows_done done, void* user, gantry_id*) {
            const gantry_status told = of(host).watch_.enter("query");
            return told < 0 ? told : of(host).database_.query(*query, done, user);
        },
        [](const gantry_host* host, const gantry_transaction*, gantry_begin_done done, void* user) {
            const gantry_status told = of(host).watch_.enter("begin");
            return told < 0 ? told : of(host).database_.begin(done, user);
        },
        [](const gantry_host* host, gantry_id transaction, std::int32_t commit, gantry_done done, void* user) {
            const gantry_status told = of(host).watch_.enter("end");
            if (told < 0) of(host).database_.roll_back(transaction);
            return told < 0 ? told : of(host).database_.end(transaction, commit != 0, done, user);
        },
        [](const gantry_host* host, const gantry_copy* copy, gantry_rows_done done, void* user, gantry_id*) {
            const gantry_status told = of(host).watch_.enter("copy_in");
            return told < 0 ? told : of(host).database_.copy_in(*copy, done, user);
        },
        // Its operations are too short to be cancelled: they complete as they would have.
        [](const gantry_host* host, gantry_id) {
            const gantry_status told = of(host).watch_.enter("cancel");
            return told < 0 ? told : GANTRY_OK;
        }};
    return &table;
}

inline const gantry_identity* FakeHost::identity_table() {
    static const gantry_identity table = {
        sizeof table, 0,
        [](const gantry_host* host, gantry_authenticator authenticator, void* user, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("provide");
            return told < 0 ? told : of(host).identity_.provide(authenticator, user);
        },
        [](const gantry_host* host, gantry_id question, gantry_status status, const gantry_principal* principal) {
            const gantry_status told = of(host).watch_.enter("decide");
            return told < 0 ? told : of(host).identity_.decide(question, status, principal);
        }};
    return &table;
}

inline const gantry_kv* FakeHost::kv_table() {
    static const gantry_kv table = {
        sizeof table,
        0,
        [](const gantry_host* host, gantry_str key, gantry_kv_result* now, gantry_kv_done done, void* user) {
            return of(host).kv_.run(of(host).watch_.enter("get"), now, done, user,
                                    [&](FakeKv& kv) { return kv.get(std::string(view(key))); });
        },
        [](const gantry_host* host, gantry_str key, gantry_bytes value, std::uint64_t ttl_ms, std::uint64_t if_version,
           gantry_kv_result* now, gantry_kv_done done, void* user) {
            return of(host).kv_.run(of(host).watch_.enter("put"), now, done, user, [&](FakeKv& kv) {
                return kv.put(std::string(view(key)), std::string(view(value)), ttl_ms, if_version);
            });
        },
        [](const gantry_host* host, gantry_str key, std::uint64_t if_version, gantry_kv_result* now, gantry_kv_done done,
           void* user) {
            return of(host).kv_.run(of(host).watch_.enter("remove"), now, done, user,
                                    [&](FakeKv& kv) { return kv.remove(std::string(view(key)), if_version); });
        },
        [](const gantry_host* host, gantry_str key, std::int64_t by, std::uint64_t ttl_ms, gantry_kv_result* now,
           gantry_kv_done done, void* user) {
            return of(host).kv_.run(of(host).watch_.enter("add"), now, done, user,
                                    [&](FakeKv& kv) { return kv.add(std::string(view(key)), by, ttl_ms); });
        },
        [](const gantry_host* host, gantry_str key, std::uint64_t limit, std::uint64_t window_ms, gantry_kv_result* now,
           gantry_kv_done done, void* user) {
            return of(host).kv_.run(of(host).watch_.enter("limit"), now, done, user,
                                    [&](FakeKv& kv) { return kv.limit(std::string(view(key)), limit, window_ms); });
        }};
    return &table;
}

// Recording is not counted by the watch as a call that may fail: no plugin looks at what it answers.
inline const gantry_metrics* FakeHost::metrics_table() {
    static const gantry_metrics table = {
        sizeof table, 0,
        [](const gantry_host* host, const gantry_metric* metric, gantry_id* id, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("define");
            return told < 0 ? told : of(host).metrics_.define(*metric, id);
        },
        [](const gantry_host* host, gantry_id metric, double value, const gantry_str* labels, std::uint32_t n) {
            return of(host).metrics_.record(metric, value, labels, n);
        },
        [](const gantry_host* host, gantry_id metric, double by, const gantry_str* labels, std::uint32_t n) {
            return of(host).metrics_.add(metric, by, labels, n);
        }};
    return &table;
}

inline const gantry_http_client* FakeHost::http_client_table() {
    static const gantry_http_client table = {
        sizeof table,
        0,
        [](const gantry_host* host, const gantry_http_call* call, const gantry_http_sink* sink, void* user,
           gantry_id* operation, gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("send");
            return told < 0 ? told : of(host).http_client_.send(*call, *sink, user, operation, error);
        },
        [](const gantry_host* host, gantry_id operation) {
            const gantry_status told = of(host).watch_.enter("resume");
            return told < 0 ? told : of(host).http_client_.resume(operation);
        },
        [](const gantry_host* host, gantry_id operation) {
            const gantry_status told = of(host).watch_.enter("cancel");
            return told < 0 ? told : of(host).http_client_.cancel(operation);
        },
        [](const gantry_host* host, gantry_id operation, gantry_slice piece) {
            const gantry_status told = of(host).watch_.enter("http_client.write");
            return told < 0 ? told : of(host).http_client_.write(operation, piece);
        },
        [](const gantry_host* host, gantry_id operation) {
            const gantry_status told = of(host).watch_.enter("http_client.end_body");
            return told < 0 ? told : of(host).http_client_.end_body(operation);
        }};
    return &table;
}

inline const gantry_secrets* FakeHost::secrets_table() {
    static const gantry_secrets table = {
        sizeof table,
        0,
        [](const gantry_host* host, gantry_str name, gantry_slice* out, gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("get");
            return told < 0 ? told : of(host).secrets_.get(std::string(view(name)), out, error);
        },
        [](const gantry_host* host, gantry_str name, gantry_bytes value, gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("put");
            return told < 0 ? told : of(host).secrets_.put(std::string(view(name)), std::string(view(value)), error);
        },
        [](const gantry_host* host, gantry_str name, gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("remove");
            return told < 0 ? told : of(host).secrets_.remove(std::string(view(name)), error);
        },
        [](const gantry_host* host, gantry_str name, gantry_secret_changed changed, void* user, gantry_id* watch,
           gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("watch");
            return told < 0 ? told : of(host).secrets_.watch(std::string(view(name)), changed, user, watch, error);
        },
        [](const gantry_host* host, gantry_id watch) {
            const gantry_status told = of(host).watch_.enter("unwatch");
            // Told so or not, the plugin has done what it can.
            const gantry_status done = of(host).secrets_.unwatch(watch);
            return told < 0 ? told : done;
        }};
    return &table;
}

inline const gantry_jobs* FakeHost::jobs_table() {
    static const gantry_jobs table = {
        sizeof table,
        0,
        [](const gantry_host* host, const gantry_job_kind* kind, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("jobs.handle");
            return told < 0 ? told : of(host).jobs_.handle(*kind);
        },
        [](const gantry_host* host, const gantry_job_schedule* schedule, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("jobs.schedule");
            return told < 0 ? told : of(host).jobs_.schedule(*schedule);
        },
        [](const gantry_host* host, const gantry_job* job, gantry_submit_done done, void* user) {
            const gantry_status told = of(host).watch_.enter("jobs.submit");
            return told < 0 ? told : of(host).jobs_.submit(*job, done, user);
        },
        [](const gantry_host* host, gantry_id run, std::uint32_t permille, gantry_str note) {
            const gantry_status told = of(host).watch_.enter("jobs.progress");
            return told < 0 ? told : of(host).jobs_.tell_progress(run, permille, note);
        },
        [](const gantry_host* host, gantry_id run, gantry_status status, const gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("jobs.finish");
            return told < 0 ? told : of(host).jobs_.finish(run, status, error);
        },
        [](const gantry_host* host, gantry_str id, gantry_done done, void* user) {
            const gantry_status told = of(host).watch_.enter("jobs.cancel");
            return told < 0 ? told : of(host).jobs_.cancel(id, done, user);
        }};
    return &table;
}

inline const gantry_events* FakeHost::events_table() {
    static const gantry_events table = {
        sizeof table, 0,
        [](const gantry_host* host, const gantry_event* event, std::uint32_t flags, gantry_id transaction, gantry_done done,
           void* user) {
            const gantry_status told = of(host).watch_.enter("events.publish");
            return told < 0 ? told : of(host).events_.publish(*event, flags, transaction, done, user);
        },
        [](const gantry_host* host, const gantry_subscription* subscription, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("events.subscribe");
            return told < 0 ? told : of(host).events_.subscribe(*subscription);
        }};
    return &table;
}

inline const gantry_services* FakeHost::services_table() {
    static const gantry_services table = {
        sizeof table,
        0,
        [](const gantry_host* host, const gantry_service* service, gantry_error*) {
            const gantry_status told = of(host).watch_.enter("services.provide");
            return told < 0 ? told : of(host).services_.provide(*service);
        },
        [](const gantry_host* host, gantry_id call, gantry_status status, gantry_slice result, const gantry_error* error) {
            const gantry_status told = of(host).watch_.enter("services.respond");
            return told < 0 ? told : of(host).services_.respond(call, status, result, error);
        },
        [](const gantry_host* host, gantry_id call) {
            const gantry_status told = of(host).watch_.enter("services.wanted");
            return told < 0 ? told : of(host).services_.wanted(call);
        },
        [](const gantry_host* host, const gantry_service_request* request, gantry_service_done done, void* user,
           gantry_id* call) {
            const gantry_status told = of(host).watch_.enter("services.call");
            return told < 0 ? told : of(host).services_.call(*request, done, user, call);
        },
        [](const gantry_host* host, gantry_id call) {
            const gantry_status told = of(host).watch_.enter("services.cancel");
            return told < 0 ? told : of(host).services_.cancel(call);
        }};
    return &table;
}

inline const gantry_websocket* FakeHost::websocket_table() {
    static const gantry_websocket table = {
        sizeof table,
        0,
        [](const gantry_host* host, gantry_id request, const gantry_websocket_options* options,
           const gantry_websocket_events* events, void* user, gantry_id* socket, gantry_error* error) -> gantry_status {
            const gantry_status told = of(host).watch_.enter("accept");
            if (told == GANTRY_E_GONE) of(host).http_.give_up(request);
            if (told < 0) return told;
            if (!of(host).http_.asks_for_socket(request)) {
                detail::fill(error, GANTRY_E_INVALID, "UPGRADE_REQUIRED", "expected a WebSocket handshake");
                error->http_status = 426;
                return GANTRY_E_INVALID;
            }
            *socket = of(host).websockets_.open(*options, *events, user);
            return of(host).http_.upgrade(request) ? GANTRY_OK : GANTRY_E_GONE;
        },
        [](const gantry_host* host, gantry_id socket, std::int32_t opcode, gantry_slice message) {
            const gantry_status told = of(host).watch_.enter("send");
            return told < 0 ? told : of(host).websockets_.send(socket, opcode, message);
        },
        [](const gantry_host* host, gantry_id socket) {
            const gantry_status told = of(host).watch_.enter("resume");
            return told < 0 ? told : of(host).websockets_.resume(socket);
        },
        [](const gantry_host* host, gantry_id socket, std::uint16_t code, gantry_str reason) {
            const gantry_status told = of(host).watch_.enter("close");
            return told < 0 ? told : of(host).websockets_.close(socket, code, view(reason));
        }};
    return &table;
}

}  // namespace gantry::testing
