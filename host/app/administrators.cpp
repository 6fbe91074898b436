#include "host/app/administrators.hpp"

#include <string>

#include "host/app/control_access.hpp"
#include "host/core/error.hpp"

namespace host::app {

namespace {

const secrets::Place place{"gantry", "admin_token"};
constexpr const char* admin = "admin";

http::Principal almighty(const std::string& id) {
    return {id, {}, {"*"}, R"({"id":")" + id + R"(","scopes":["*"]})"};
}

}  // namespace

Administrators::Administrators(const config::Config& config, secrets::Secrets& secrets, identity::HostTokens& tokens,
                               log::Logger logger)
    : config_(config), secrets_(secrets), tokens_(tokens), logger_(std::move(logger)) {}

Administrators::~Administrators() {
    if (watch_) secrets_.unwatch(*watch_);
}

void Administrators::admit() {
    tokens_.set(open_control(config_.data_directory).token, almighty("command_line"));
    if (!config_.identity.admin_token.empty()) return tokens_.set(config_.identity.admin_token, almighty(admin));
    watch_ = secrets_.watch(place, [this](const std::string&) { read_secret(); });
    read_secret();
}

void Administrators::read_secret() {
    try {
        const auto token = secrets_.get(place);
        if (token) return tokens_.set(token->view(), almighty(admin));
    } catch (const core::Error& error) {
        logger_.error("the secret admin_token lets nobody in", {{"reason", error.what()}});
    }
    tokens_.remove(admin);
}

}  // namespace host::app
