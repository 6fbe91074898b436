#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/clock.hpp"
#include "host/kv/redis_address.hpp"

struct redisContext;
struct redisReply;

namespace host::kv {

struct FreeReply {
    void operator()(redisReply* reply) const;
};
using ReplyPointer = std::unique_ptr<redisReply, FreeReply>;

// One connection to Redis that never blocks: commands go in, replies come out in their order. Of one thread. Every member
// throws Unavailable when the connection is broken; then it is of no more use.
class RedisLink {
  public:
    // Connects and signs in. `interrupt`: a descriptor that ends the wait when it becomes readable.
    RedisLink(const RedisAddress& address, core::Monotonic::time_point deadline, int interrupt);
    RedisLink(const RedisLink&) = delete;
    RedisLink& operator=(const RedisLink&) = delete;
    ~RedisLink();

    // Copies what is already in Redis's protocol into the buffer of what is to be sent.
    void append(std::string_view bytes);
    // Sends what the kernel takes; false: some is left.
    bool flush();
    // Takes in what has arrived.
    void receive();
    // The next whole reply; null: none yet.
    ReplyPointer next();
    // Appends, and waits for the reply. Throws Unavailable for a reply that is an error, too.
    ReplyPointer ask(std::initializer_list<std::string_view> words);

    int descriptor() const;

  private:
    void wait(short events);
    [[noreturn]] void give_up() const;

    struct Free {
        void operator()(redisContext* context) const;
    };
    const core::Monotonic::time_point deadline_;
    const int interrupt_;
    std::unique_ptr<redisContext, Free> context_;
};

}  // namespace host::kv
