#include "host/kv/kv.hpp"

#include "host/kv/memory_store.hpp"
#include "host/kv/postgresql_store.hpp"
#include "host/kv/redis_store.hpp"

namespace host::kv {

namespace {

std::unique_ptr<Store> make_store(const Settings& settings, database::Database& database, log::Logger logger) {
    switch (settings.store) {
        case StoreKind::Memory:
            return std::make_unique<MemoryStore>(settings);
        case StoreKind::Postgresql:
            return std::make_unique<PostgresqlStore>(settings, database);
        case StoreKind::Redis:
            break;
    }
    return std::make_unique<RedisStore>(settings, std::move(logger));
}

}  // namespace

Kv::Kv(const Settings& settings, database::Database& database, log::Logger logger)
    : settings_(settings), store_(make_store(settings, database, std::move(logger))) {}

std::unique_ptr<Client> Kv::client(const std::string& owner) {
    return std::make_unique<Client>(*store_, owner);
}

}  // namespace host::kv
