#pragma once

// The life of one instance, from the host's C calls to a plugin's class.

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include <gantry/abi/config.h>
#include <gantry/config/schema.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/health.hpp>
#include <gantry/host.hpp>
#include <gantry/identity.hpp>
#include <gantry/routes.hpp>

namespace gantry::detail {

// Stands for the settings of a plugin that has none.
struct NoConfig {
    static void schema(Schema<NoConfig>&) {}
};

template <typename Plugin>
struct ConfigOf {
    using type = NoConfig;
};
template <typename Plugin>
requires requires {
    typename Plugin::Config;
}
struct ConfigOf<Plugin> {
    using type = typename Plugin::Config;
};

template <typename Plugin>
concept TellsHealth = requires(Plugin& plugin) {
    { plugin.health() } -> std::convertible_to<Health>;
};
template <typename Plugin>
concept DeclaresRoutes = requires(Plugin& plugin, Routes<Plugin>& routes) {
    plugin.routes(routes);
};

// "gantry.yaml:41:13: plugins.notes /page: ..." instead of the bare place, when the host knows where it was written.
inline Error with_origin(const Error& failure, const gantry_config& config) {
    gantry_str file{};
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    if (config.origin(&config, str(failure.where()), &file, &line, &column) < 0) return failure;
    Error located = failure;
    located.where(std::string(view(file)) + ":" + std::to_string(line) + ":" + std::to_string(column));
    return located;
}

template <typename Config>
Config read_config(const gantry_config& config) {
    gantry_str text{};
    if (config.json(&config, str(""), &text) < 0) throw Error(Status::Internal, "the host did not hand out the settings");
    Config settings{};
    try {
        Schema<Config>().bind(settings, Json::parse(view(text)));
    } catch (const Error& failure) {
        throw with_origin(failure, config);
    }
    return settings;
}

template <typename Plugin>
class Instance {
  public:
    using Config = typename ConfigOf<Plugin>::type;

    static gantry_status create(const gantry_host* host, gantry_plugin** plugin, gantry_error* error) noexcept {
        return guarded(error, [&] {
            *plugin = &(new Instance(host))->plugin_;
            return GANTRY_OK;
        });
    }

    static gantry_status describe(void (*sink)(void* user, gantry_str json), void* user) noexcept {
        return guarded(nullptr, [&] {
            const std::string text = Json::object({{"config", Schema<Config>().json()}}).dump();
            sink(user, str(text));
            return GANTRY_OK;
        });
    }

  private:
    explicit Instance(const gantry_host* host) : context_(host), table_(context_) {
        plugin_.struct_size = sizeof plugin_;
        plugin_.impl = this;
        if constexpr (!std::is_same_v<Config, NoConfig>) plugin_.configure = configure;
        plugin_.start = start;
        plugin_.quiesce = quiesce;
        plugin_.stop = stop;
        plugin_.destroy = destroy;
        if constexpr (TellsHealth<Plugin>) plugin_.health = health;
    }

    static Instance& of(gantry_plugin* plugin) noexcept { return *static_cast<Instance*>(plugin->impl); }

    static gantry_status configure(gantry_plugin* plugin, const gantry_config* config, gantry_error* error) noexcept {
        return guarded(error, [&] {
            of(plugin).config_ = read_config<Config>(*config);
            return GANTRY_OK;
        });
    }

    static gantry_status start(gantry_plugin* plugin, gantry_error* error) noexcept {
        return guarded(error, [&] {
            Instance& self = of(plugin);
            if constexpr (std::is_constructible_v<Plugin, Host, const Config&>) {
                self.object_.emplace(Host(self.context_), self.config_);
            } else {
                static_assert(std::is_constructible_v<Plugin, Host>, "a plugin is made from (gantry::Host, const Config&)");
                self.object_.emplace(Host(self.context_));
            }
            if constexpr (Authenticates<Plugin>) self.authenticator_.emplace(self.context_, *self.object_);
            if constexpr (DeclaresRoutes<Plugin>) {
                Routes<Plugin> routes(self.table_, *self.object_);
                self.object_->routes(routes);
                self.table_.declare();
            }
            return GANTRY_OK;
        });
    }

    static gantry_status quiesce(gantry_plugin* plugin, std::uint64_t deadline_ns) noexcept {
        return guarded(nullptr, [&] {
            Context& context = of(plugin).context_;
            const std::uint64_t now = context.sys->mono_ns(context.host);
            const std::uint64_t left = deadline_ns > now ? std::min(deadline_ns - now, longest_wait_ns) : 0;
            const bool done = context.open.wait_for(std::chrono::nanoseconds(left));
            return done ? GANTRY_OK : GANTRY_E_TIMEOUT;
        });
    }

    // The host has ended every request and completes every operation it accepted, so the wait ends. Going on without
    // would leave coroutines that run in an object, and soon in a library, that is gone.
    static void stop(gantry_plugin* plugin) noexcept {
        (void)guarded(nullptr, [&] {
            Instance& self = of(plugin);
            self.wait_for_open_work();
            self.object_.reset();
            // Destructors may have begun operations of their own: a rollback.
            self.wait_for_open_work();
            return GANTRY_OK;
        });
    }

    static void destroy(gantry_plugin* plugin) noexcept { delete &of(plugin); }

    static gantry_status health(gantry_plugin* plugin, gantry_health* health) noexcept requires TellsHealth<Plugin> {
        return guarded(nullptr, [&] {
            const Health state = of(plugin).object_->health();
            health->level = static_cast<std::int32_t>(state.level);
            copy_text(health->detail, state.detail);
            return GANTRY_OK;
        });
    }

    void wait_for_open_work() {
        while (!context_.open.wait_for(std::chrono::seconds(5))) {
            log_error(context_, "stop waits for open work", std::to_string(context_.open.count()) + " pieces of it");
        }
    }

    static constexpr std::uint64_t longest_wait_ns = 3'600'000'000'000;  // an hour; keeps the clock's arithmetic in range

    gantry_plugin plugin_{};
    Context context_;
    RouteTable table_;  // bindings refer to object_, but are only called while it lives
    Config config_{};
    std::optional<Plugin> object_;
    // For a plugin that tells who calls; else a place of no use.
    std::conditional_t<Authenticates<Plugin>, std::optional<Authenticator<Plugin>>, std::monostate> authenticator_{};
};

}  // namespace gantry::detail
