#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gantry/abi/secrets.h>
#include <gantry/detail/guard.hpp>
#include <gantry/host.hpp>

namespace gantry {

// The bytes of a secret, in memory of the host's that is wiped when this ends. Moves, and is not copied: a std::string
// made of it stays behind in memory, and comes up in core dumps.
class Secret {
  public:
    explicit Secret(const gantry_slice& slice) : slice_(slice) {}
    Secret(Secret&& other) noexcept : slice_(std::exchange(other.slice_, {})) {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(slice_, other.slice_);
        return *this;
    }
    ~Secret() {
        if (slice_.release != nullptr) slice_.release(slice_.context, slice_.data, slice_.size);
    }

    // Borrowed from this object.
    std::string_view view() const noexcept {
        return slice_.size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(slice_.data), slice_.size);
    }

  private:
    gantry_slice slice_{};
};

// Passwords and keys of this plugin: what the administrator gave it, and what it stored itself.
//
//     const gantry::Secret key = secrets.get("api_key");
//
// Every call may wait for the database: for constructors and blocking routes, not for event loops. A handle, cheap to copy.
class Secrets {
  public:
    // Throws Error if the host has no such service for this plugin.
    explicit Secrets(Host host)
        : context_(&host.context()), service_(detail::service<gantry_secrets>(host.context().host, GANTRY_SECRETS)) {}

    // Throws Error with Status::NotFound if nobody has given it.
    Secret get(std::string_view name) const {
        std::optional<Secret> secret = find(name);
        if (!secret) throw Error(Status::NotFound, "there is no secret " + std::string(name)).code("SECRET_NOT_FOUND");
        return std::move(*secret);
    }
    std::optional<Secret> find(std::string_view name) const {
        GANTRY_DETAIL_USE(GANTRY_SECRETS, gantry_secrets, get);
        gantry_slice slice{};
        gantry_error error = detail::empty_error();
        const gantry_status status = service_->get(context_->host, str(name), &slice, &error);
        if (status == GANTRY_E_NOT_FOUND) return std::nullopt;
        throw_if(status, error);
        return Secret(slice);
    }
    // Stores it, encrypted. Throws Conflict if the administrator gives one of this name.
    void put(std::string_view name, std::string_view value) const {
        GANTRY_DETAIL_USE(GANTRY_SECRETS, gantry_secrets, put);
        gantry_error error = detail::empty_error();
        throw_if(service_->put(context_->host, str(name), {value.data(), value.size()}, &error), error);
    }
    // False: none was stored.
    bool remove(std::string_view name) const {
        GANTRY_DETAIL_USE(GANTRY_SECRETS, gantry_secrets, remove);
        gantry_error error = detail::empty_error();
        const gantry_status status = service_->remove(context_->host, str(name), &error);
        if (status == GANTRY_E_NOT_FOUND) return false;
        throw_if(status, error);
        return true;
    }

    // Calls back after a secret has changed, for as long as it lives. Its end waits for a callback that runs, so it must
    // not hold a lock which the callback takes.
    class Watch {
      public:
        Watch() = default;  // watches nothing
        Watch(Watch&& other) noexcept = default;
        Watch& operator=(Watch&& other) noexcept {
            end();
            state_ = std::move(other.state_);
            return *this;
        }
        ~Watch() { end(); }

      private:
        friend Secrets;
        struct State {
            detail::Context* context;
            const gantry_secrets* service;
            std::function<void()> changed;
            gantry_id id = 0;
        };
        explicit Watch(std::unique_ptr<State> state) : state_(std::move(state)) {}
        void end() noexcept {
            GANTRY_DETAIL_USE(GANTRY_SECRETS, gantry_secrets, unwatch);
            if (state_) (void)state_->service->unwatch(state_->context->host, state_->id);
            state_.reset();
        }
        static void called(void* user, gantry_str) noexcept {
            auto& state = *static_cast<State*>(user);
            try {
                state.changed();
            } catch (...) {
                gantry_error error = detail::empty_error();
                (void)detail::describe_exception(&error);
                detail::log_error(*state.context, "a secret's change was not dealt with", error.message);
            }
        }

        std::unique_ptr<State> state_;
    };
    // `changed` runs on a thread that may block, so it may get() the new value. Keep the Watch as the last member of the
    // plugin: it ends first.
    [[nodiscard]] Watch watch(std::string_view name, std::function<void()> changed) const {
        GANTRY_DETAIL_USE(GANTRY_SECRETS, gantry_secrets, watch);
        auto state = std::make_unique<Watch::State>(Watch::State{context_, service_, std::move(changed), 0});
        gantry_error error = detail::empty_error();
        gantry_id id = 0;
        throw_if(service_->watch(context_->host, str(name), Watch::called, state.get(), &id, &error), error);
        state->id = id;
        return Watch(std::move(state));
    }

  private:
    static void throw_if(gantry_status status, const gantry_error& error) {
        if (status >= 0) return;
        throw Error(static_cast<Status>(status), error.message).code(error.code).where(error.where);
    }

    detail::Context* context_;
    const gantry_secrets* service_;
};

}  // namespace gantry
