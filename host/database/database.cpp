#include "host/database/database.hpp"

#include <pthread.h>

#include <future>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/database/connection.hpp"
#include "host/database/dispatcher.hpp"
#include "host/database/executor.hpp"
#include "host/database/owner.hpp"
#include "host/database/private_cluster.hpp"
#include "host/database/session_url.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;

namespace {

// A little more than the host's own, which are meant to fire first: these end what the host could not.
SessionLimits session_limits(const Settings& settings) {
    const auto margin = std::chrono::seconds(2);
    return {settings.connect_deadline, settings.statement_deadline + margin, settings.transaction_idle_deadline + margin};
}

}  // namespace

Database::Database(Settings settings, log::Logger logger) : settings_(std::move(settings)), logger_(std::move(logger)) {}

Database::~Database() {
    stop();
}

void Database::start() {
    if (settings_.url.empty()) {
        cluster_ = std::make_unique<PrivateCluster>(
            PrivateCluster::Settings{settings_.data_directory, settings_.binaries_directory}, logger_);
        cluster_->start();
    }
    access_.url = cluster_ ? cluster_->url() : settings_.url;
    examine_server();
    dispatcher_ = std::make_unique<Dispatcher>(
        Dispatcher::Limits{settings_.connections, settings_.queue_max, settings_.transaction_idle_deadline});
    const Executor::Settings executor{session_url(access_.url, session_limits(settings_)), settings_.connect_deadline,
                                      settings_.result_bytes_max};
    for (std::size_t lane = 0; lane < settings_.connections; ++lane) {
        executors_.push_back(std::make_unique<Executor>(*dispatcher_, lane, executor, logger_));
    }
    listener_ = std::make_unique<Listener>(executor.session_url, logger_);
    refuser_ = std::thread([this] { answer_refusals(); });
    own_client_ = client(host_owner);
}

void Database::stop() {
    listener_.reset();
    if (dispatcher_) {
        dispatcher_->close();
        executors_.clear();
        if (refuser_.joinable()) refuser_.join();
    }
    cluster_.reset();
}

// A connection of its own, before there are any others: a wrong url or password is to be seen at start.
void Database::examine_server() {
    Connection connection(session_url(access_.url, session_limits(settings_)), logger_);
    connection.connect();
    const Bounds bounds{Monotonic::now() + settings_.connect_deadline, 64 * 1024};
    const Rows answer = connection.run(
        "select rolcreaterole or rolsuper, current_setting('server_version') from pg_roles where rolname = current_user", {},
        bounds);
    const bool permitted = answer.size() == 1 && answer.cell(0, 0).as.integer != 0;
    if (settings_.plugin_roles == Roles::On && !permitted) {
        throw Error{Code::Denied,
                    "database.plugin_roles is on, but the login role may not create roles: grant it CREATEROLE",
                    "database.plugin_roles"};
    }
    access_.roles = permitted && settings_.plugin_roles != Roles::Off;
    const auto& version = answer.cell(0, 1).as.text;
    logger_.info("connected to PostgreSQL", {{"version", std::string_view(version.data, version.size)},
                                             {"private", cluster_ != nullptr},
                                             {"plugin_roles", access_.roles}});
}

std::unique_ptr<Client> Database::client(const std::string& owner) {
    auto user = std::make_shared<User>();
    user->owner = make_owner(owner, access_.roles);
    return std::make_unique<Client>(*dispatcher_, std::move(user), settings_);
}

Health Database::ping(std::chrono::milliseconds wait_max) {
    // Shared with the completion, which may come after this function has given up.
    const auto answer = std::make_shared<std::promise<std::string>>();
    auto reason = answer->get_future();
    const auto begun = Monotonic::now();
    Query query;
    query.sql = "select 1";
    query.deadline = wait_max;
    query.idempotent = true;
    Health health;
    try {
        own_client_->query(std::move(query),
                           [answer](Outcome&& outcome) { answer->set_value(outcome.error ? outcome.error->what() : ""); });
        health.detail = reason.wait_for(wait_max) == std::future_status::ready ? reason.get() : "no answer in time";
    } catch (const Error& error) {
        health.detail = error.what();
    }
    health.ok = health.detail.empty();
    health.latency = std::chrono::duration_cast<std::chrono::microseconds>(Monotonic::now() - begun);
    if (!health.ok && cluster_ && !cluster_->state().running) health.detail = cluster_->state().detail;
    return health;
}

Counts Database::counts() const {
    return dispatcher_ ? dispatcher_->counts() : Counts{};
}

void Database::answer_refusals() {
    pthread_setname_np(pthread_self(), "database-refuse");
    core::set_thread_kind(core::ThreadKind::Worker);
    for (;;) {
        auto refusals = dispatcher_->refusals();
        if (refusals.empty()) return;
        for (auto& [operation, reason] : refusals) {
            Outcome outcome;
            outcome.error = reason;
            dispatcher_->count_failure();
            if (operation->completion) operation->completion(std::move(outcome));
            dispatcher_->refused(*operation);
        }
    }
}

}  // namespace host::database
