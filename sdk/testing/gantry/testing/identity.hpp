#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gantry/abi/identity.h>
#include <gantry/testing/exchange.hpp>
#include <gantry/testing/watch.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

// What a plugin says of who calls.
struct Identified {
    gantry_status status = GANTRY_E_UNAVAILABLE;  // GANTRY_OK: the rest is told
    std::string id;
    std::string organisation;
    std::vector<std::string> scopes;
    std::string claims_json;
};

// gantry.identity/1 for one plugin: puts questions to it and waits for the answers.
class FakeIdentity {
  public:
    explicit FakeIdentity(Watch& watch) : watch_(watch) {}

    // For the test. Waits for the answer.
    Identified ask(ClientRequest request) {
        const Exchange exchange(0, std::move(request), {});
        gantry_id question = 0;
        {
            const std::lock_guard lock(mutex_);
            question = ++last_question_;
            open_[question] = std::nullopt;
        }
        if (authenticator_ == nullptr) return {};
        authenticator_(user_, question, &exchange.view);
        std::unique_lock lock(mutex_);
        answered_.wait(lock, [&] { return open_[question].has_value(); });
        Identified identified = std::move(*open_[question]);
        open_.erase(question);
        return identified;
    }

    // For the plugin.
    gantry_status provide(gantry_authenticator authenticator, void* user) {
        if (authenticator_ != nullptr) return GANTRY_E_CONFLICT;
        authenticator_ = authenticator;
        user_ = user;
        return GANTRY_OK;
    }
    gantry_status decide(gantry_id question, gantry_status status, const gantry_principal* principal) {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(question);
        if (found == open_.end() || found->second) {
            watch_.violation("a question was answered twice, or never asked");
            return GANTRY_E_GONE;
        }
        Identified& identified = found->second.emplace();
        identified.status = status;
        if (principal != nullptr) {
            identified.id = view(principal->id);
            identified.organisation = view(principal->organisation);
            identified.claims_json = view(principal->claims_json);
            for (std::uint32_t i = 0; i < principal->scopes_n; ++i)
                identified.scopes.emplace_back(view(principal->scopes[i]));
        }
        answered_.notify_all();
        return GANTRY_OK;
    }

  private:
    Watch& watch_;
    gantry_authenticator authenticator_ = nullptr;
    void* user_ = nullptr;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::map<gantry_id, std::optional<Identified>> open_;
    gantry_id last_question_ = 0;
};

}  // namespace gantry::testing
