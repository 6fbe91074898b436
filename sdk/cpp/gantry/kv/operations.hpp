#pragma once

#include <chrono>

#include <gantry/kv/operation.hpp>

namespace gantry {

// A value with the version at which it was read.
struct KvValue {
    std::string value;
    std::uint64_t version = 0;
};

// Whether a call is let through.
struct KvLimit {
    bool allowed = false;
    std::uint64_t remaining = 0;              // as many more would be let through now
    std::chrono::milliseconds retry_after{};  // if not allowed
};

class [[nodiscard]] KvGet : public detail::KvOperation<KvGet, std::optional<KvValue>> {
  public:
    KvGet(detail::Context* context, const gantry_kv* service, std::string_view key) : KvOperation(context, service, key) {}

  private:
    friend KvOperation;
    gantry_status begin(gantry_kv_result* now) {
        GANTRY_DETAIL_USE(GANTRY_KV, gantry_kv, get);
        return service()->get(host(), key(), now, done, this);
    }
    static std::optional<KvValue> result(detail::KvOutcome& outcome) {
        if (outcome.status == GANTRY_E_NOT_FOUND) return std::nullopt;
        if (outcome.status < 0) throw_kv(outcome);
        return KvValue{std::move(outcome.value), outcome.version};
    }
};

// Result: the new version; nothing if the condition was not met.
class [[nodiscard]] KvPut : public detail::KvOperation<KvPut, std::optional<std::uint64_t>> {
  public:
    KvPut(detail::Context* context, const gantry_kv* service, std::string_view key, std::string_view value,
          std::chrono::milliseconds ttl, std::uint64_t if_version)
        : KvOperation(context, service, key), value_(value), ttl_(ttl), if_version_(if_version) {}

  private:
    friend KvOperation;
    gantry_status begin(gantry_kv_result* now) {
        GANTRY_DETAIL_USE(GANTRY_KV, gantry_kv, put);
        return service()->put(host(), key(), {value_.data(), value_.size()}, static_cast<std::uint64_t>(ttl_.count()),
                              if_version_, now, done, this);
    }
    static std::optional<std::uint64_t> result(const detail::KvOutcome& outcome) {
        if (outcome.status == GANTRY_E_CONFLICT) return std::nullopt;
        if (outcome.status < 0) throw_kv(outcome);
        return outcome.version;
    }

    std::string_view value_;
    std::chrono::milliseconds ttl_;
    std::uint64_t if_version_;
};

// Result: whether it was removed.
class [[nodiscard]] KvRemove : public detail::KvOperation<KvRemove, bool> {
  public:
    KvRemove(detail::Context* context, const gantry_kv* service, std::string_view key, std::uint64_t if_version)
        : KvOperation(context, service, key), if_version_(if_version) {}

  private:
    friend KvOperation;
    gantry_status begin(gantry_kv_result* now) {
        GANTRY_DETAIL_USE(GANTRY_KV, gantry_kv, remove);
        return service()->remove(host(), key(), if_version_, now, done, this);
    }
    static bool result(const detail::KvOutcome& outcome) {
        if (outcome.status == GANTRY_E_NOT_FOUND || outcome.status == GANTRY_E_CONFLICT) return false;
        if (outcome.status < 0) throw_kv(outcome);
        return true;
    }

    std::uint64_t if_version_;
};

// Result: the sum.
class [[nodiscard]] KvAdd : public detail::KvOperation<KvAdd, std::int64_t> {
  public:
    KvAdd(detail::Context* context, const gantry_kv* service, std::string_view key, std::int64_t by,
          std::chrono::milliseconds ttl)
        : KvOperation(context, service, key), by_(by), ttl_(ttl) {}

  private:
    friend KvOperation;
    gantry_status begin(gantry_kv_result* now) {
        GANTRY_DETAIL_USE(GANTRY_KV, gantry_kv, add);
        return service()->add(host(), key(), by_, static_cast<std::uint64_t>(ttl_.count()), now, done, this);
    }
    static std::int64_t result(const detail::KvOutcome& outcome) {
        if (outcome.status < 0) throw_kv(outcome);
        return outcome.sum;
    }

    std::int64_t by_;
    std::chrono::milliseconds ttl_;
};

class [[nodiscard]] KvLimiting : public detail::KvOperation<KvLimiting, KvLimit> {
  public:
    KvLimiting(detail::Context* context, const gantry_kv* service, std::string_view key, std::uint64_t limit,
               std::chrono::milliseconds window)
        : KvOperation(context, service, key), limit_(limit), window_(window) {}

  private:
    friend KvOperation;
    gantry_status begin(gantry_kv_result* now) {
        GANTRY_DETAIL_USE(GANTRY_KV, gantry_kv, limit);
        return service()->limit(host(), key(), limit_, static_cast<std::uint64_t>(window_.count()), now, done, this);
    }
    static KvLimit result(const detail::KvOutcome& outcome) {
        if (outcome.status < 0 && outcome.status != GANTRY_E_LIMIT) throw_kv(outcome);
        return {outcome.status >= 0, outcome.remaining, std::chrono::milliseconds(outcome.retry_after_ms)};
    }

    std::uint64_t limit_;
    std::chrono::milliseconds window_;
};

}  // namespace gantry
