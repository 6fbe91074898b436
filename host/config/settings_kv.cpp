#include "host/config/settings_sections.hpp"

namespace host::config {

template <>
const std::vector<std::string> words_of<kv::StoreKind>{"memory", "postgresql", "redis"};

void add_kv_settings(Settings& all) {
    using Kv = kv::Settings;
    Section<Config, Kv> kv(all, "kv", [](Config& config) -> Kv& { return config.kv; });
    kv.add("store", &Kv::store, "Where plugins' small values and limits are kept: memory is this host's alone");
    kv.add("entries_max", &Kv::entries_max, "In memory; above it the least recently used go",
           {{"minimum", 1'000}, {"maximum", 100'000'000}});
    kv.add("bytes_max", &Kv::bytes_max, "In memory, keys and overhead included; above it the least recently used go",
           {{"format", "bytes"}, {"minimum", 32 * 1024 * 1024}, {"maximum", 1024ll * 1024 * 1024 * 1024}});
    kv.add("redis_url", &Kv::redis_url, "redis://[user:password@]host[:port][/number] or unix:/path[?db=number]",
           {{"x-secret", true}, {"pattern", "^(redis://|unix:/)"}});
    kv.add("deadline", &Kv::deadline, "For an answer of PostgreSQL or Redis");
    kv.add("queue_max", &Kv::queue_max, "Operations that Redis has not answered; above it they are refused",
           {{"minimum", 1}, {"maximum", 1'000'000}});
}

}  // namespace host::config
