#include "host/database/private_cluster.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/database/cluster_configuration.hpp"
#include "host/database/connection_url.hpp"
#include "host/database/result.hpp"
#include "host/database/server_binaries.hpp"

namespace host::database {

using core::Code;
using core::Error;
using namespace std::chrono_literals;

namespace {

constexpr auto initdb_deadline = 120s;
constexpr auto restart_pause_max = 5'000ms;
// A server that ran this long did not die of what killed the one before.
constexpr auto healthy_after = 30s;

}  // namespace

PrivateCluster::PrivateCluster(Settings settings, log::Logger logger)
    : settings_(std::move(settings)), logger_(std::move(logger)), stop_event_(eventfd(0, EFD_CLOEXEC)) {}

PrivateCluster::~PrivateCluster() {
    stop();
    close(stop_event_);
}

void PrivateCluster::start() {
    directory_ = std::make_unique<DataDirectory>(settings_.data_directory / "postgresql", find_server_user(), logger_);
    binaries_ = find_server_binaries(settings_.binaries_directory, directory_->cluster());
    if (!directory_->has_cluster()) initialise();
    write_cluster_configuration(*directory_);
    std::promise<std::optional<Refusal>> first_start;
    auto started = first_start.get_future();
    supervisor_ = std::thread([this, promise = std::move(first_start)]() mutable { supervise(std::move(promise)); });
    if (const auto refusal = started.get()) throw Error{refusal->code, refusal->reason};
    bootstrap();
}

void PrivateCluster::stop() {
    if (!supervisor_.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(stop_event_, &one, sizeof one);
    supervisor_.join();
    directory_.reset();
}

// Into a folder beside, renamed when whole: an initdb that was interrupted leaves no half cluster to be taken for one.
void PrivateCluster::initialise() {
    const auto begun = core::Monotonic::now();
    const auto draft = directory_->make_draft();
    const Program program{
        {binaries_ / "initdb", "-D", draft, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=peer",
         "--auth-host=reject", "--data-checksums", "--wal-segsize=4", "--no-instructions"},
        directory_->server_log(),
        SIGKILL};
    Process initdb(program, directory_->user());
    const auto status = initdb.wait(initdb_deadline);
    if (!status) {
        initdb.signal(SIGKILL);
        initdb.wait(5s);
    }
    if (status != 0) {
        throw Error{Code::Unavailable, "initdb failed with " + (status ? describe_wait_status(*status) : "no end in time") +
                                           ": " + last_words()};
    }
    directory_->adopt(draft);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(core::Monotonic::now() - begun);
    logger_.info("made a PostgreSQL cluster",
                 {{"directory", directory_->cluster().string()}, {"duration_ms", took.count()}});
}

std::string PrivateCluster::url_of(const std::string& database, const std::string& role) const {
    return make_url({{"host", directory_->socket_directory().string()}, {"dbname", database}, {"user", role}});
}

std::string PrivateCluster::url_beside_host(const std::filesystem::path& data_directory) {
    constexpr int socket_directory_line = 5;
    std::ifstream file(data_directory / "postgresql" / "cluster" / "postmaster.pid");
    std::string line;
    for (int number = 0; number < socket_directory_line; ++number) {
        if (!std::getline(file, line)) return {};
    }
    return make_url({{"host", line}, {"dbname", private_database}, {"user", private_role}});
}

std::string PrivateCluster::url() const {
    return url_of(private_database, private_role);
}

PrivateCluster::State PrivateCluster::state() const {
    return state_.with([](const State& state) { return state; });
}

// The login role owns the database but none of the plugins' rights: without NOINHERIT a forgotten SET ROLE would work.
void PrivateCluster::bootstrap() const {
    const ConnectionHandle connection(PQconnectdb(url_of("postgres", "postgres").c_str()));
    const auto run = [&](const std::string& sql) {
        ResultHandle result(PQexec(connection.get(), sql.c_str()));
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
        throw Error{Code::Unavailable,
                    std::string("cannot prepare the private cluster: ") + PQerrorMessage(connection.get())};
    };
    const std::string role = private_role, database = private_database;
    if (PQntuples(run("select 1 from pg_roles where rolname = '" + role + "'").get()) == 0) {
        run("create role " + role + " login createrole noinherit");
    }
    if (PQntuples(run("select 1 from pg_database where datname = '" + database + "'").get()) == 0) {
        run("create database " + database + " owner " + role);
    }
}

void PrivateCluster::supervise(std::promise<std::optional<Refusal>> first_start) {
    pthread_setname_np(pthread_self(), "postgres-keeper");
    auto restart_pause = 0ms;
    for (bool first = true;; first = false) {
        std::unique_ptr<Process> server;
        const auto begun = core::Monotonic::now();
        std::string reason;
        try {
            launch(server);
            state_.with([&](State& state) { state = {true, "", state.restarts + (first ? 0 : 1)}; });
            if (first) first_start.set_value(std::nullopt);
            pollfd events[] = {{server->descriptor(), POLLIN, 0}, {stop_event_, POLLIN, 0}};
            while (poll(events, 2, -1) <= 0) {
            }
            if ((events[1].revents & POLLIN) != 0) return terminate(*server);
            reason = "PostgreSQL ended with " + describe_wait_status(server->wait(0ms).value_or(0)) + ": " + last_words();
        } catch (const Error& error) {
            if (server) terminate(*server);
            if (first) return first_start.set_value(Refusal{error.code(), error.what()});
            reason = error.what();
        }
        postmaster_ = 0;
        state_.with([&](State& state) { state = {false, reason, state.restarts}; });
        logger_.error("the private PostgreSQL is down, starting it again", {{"reason", reason}});
        if (core::Monotonic::now() - begun > healthy_after) restart_pause = 0ms;
        if (pause(restart_pause)) return;
        restart_pause = std::clamp(restart_pause * 2, std::chrono::milliseconds(250), restart_pause_max);
    }
}

void PrivateCluster::launch(std::unique_ptr<Process>& server) {
    directory_->clear_remains();
    const auto configuration = "config_file=" + (directory_->settings() / "postgresql.conf").string();
    const Program program{
        {binaries_ / "postgres", "-D", directory_->cluster(), "-c", configuration}, directory_->server_log(), SIGINT};
    server = std::make_unique<Process>(program, directory_->user());
    postmaster_ = server->id();
    const auto until = core::Monotonic::now() + settings_.start_deadline;
    while (directory_->postmaster_state(server->id()) != "ready") {
        if (const auto status = server->wait(2ms)) {
            throw Error{Code::Unavailable,
                        "PostgreSQL did not start, " + describe_wait_status(*status) + ": " + last_words()};
        }
        if (core::Monotonic::now() > until || pause(0ms)) {
            throw Error{Code::Unavailable, "PostgreSQL was not ready in time: " + last_words()};
        }
    }
}

// SIGTERM would wait for every connection to leave; SIGKILL loses no data but leaves backends and shared memory behind.
void PrivateCluster::terminate(Process& server) const {
    for (const auto& [number, patience] : {std::pair{SIGINT, 20s}, {SIGQUIT, 5s}, {SIGKILL, 5s}}) {
        server.signal(number);
        if (server.wait(patience)) return;
        logger_.warn("PostgreSQL does not end", {{"signal", number}});
    }
}

bool PrivateCluster::pause(std::chrono::milliseconds duration) const {
    pollfd event{stop_event_, POLLIN, 0};
    return poll(&event, 1, static_cast<int>(duration.count())) > 0;
}

std::string PrivateCluster::last_words() const {
    std::ifstream file(directory_->server_log());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    return text.substr(text.size() - std::min<std::size_t>(text.size(), 600));
}

}  // namespace host::database
