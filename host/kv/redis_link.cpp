#include "host/kv/redis_link.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "host/core/error.hpp"
#include "host/kv/redis_command.hpp"

namespace host::kv {

namespace {

using core::Code;
using core::Error;

// A value of 1 MiB and the hash around it; more than that is no reply to us.
constexpr std::size_t reply_elements_max = 64;

redisContext* begin_connecting(const RedisAddress& address) {
    return address.socket.empty() ? redisConnectNonBlock(address.host.c_str(), address.port)
                                  : redisConnectUnixNonBlock(address.socket.c_str());
}

}  // namespace

void FreeReply::operator()(redisReply* reply) const {
    freeReplyObject(reply);
}

void RedisLink::Free::operator()(redisContext* context) const {
    redisFree(context);
}

RedisLink::RedisLink(const RedisAddress& address, core::Monotonic::time_point deadline, int interrupt)
    : deadline_(deadline), interrupt_(interrupt), context_(begin_connecting(address)) {
    if (context_ == nullptr) throw Error{Code::Unavailable, "out of memory for a connection"};
    if (context_->err != 0) give_up();
    wait(POLLOUT);
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) throw Error{Code::Unavailable, std::strerror(failure)};
    if (address.socket.empty()) redisEnableKeepAlive(context_.get());
    if (!address.user.empty()) {
        ask({"AUTH", address.user, address.password});
    } else if (!address.password.empty()) {
        ask({"AUTH", address.password});
    }
    if (address.number != 0) ask({"SELECT", std::to_string(address.number)});
}

RedisLink::~RedisLink() = default;

int RedisLink::descriptor() const {
    return context_->fd;
}

void RedisLink::give_up() const {
    throw Error{Code::Unavailable, context_->errstr};
}

void RedisLink::append(std::string_view bytes) {
    if (redisAppendFormattedCommand(context_.get(), bytes.data(), bytes.size()) != REDIS_OK) give_up();
}

bool RedisLink::flush() {
    int done = 0;
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) give_up();
    return done != 0;
}

void RedisLink::receive() {
    if (redisBufferRead(context_.get()) != REDIS_OK) give_up();
}

ReplyPointer RedisLink::next() {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) give_up();
    ReplyPointer next(static_cast<redisReply*>(reply));
    if (next != nullptr && next->type == REDIS_REPLY_ARRAY && next->elements > reply_elements_max) {
        throw Error{Code::Unavailable, "a reply that cannot be"};
    }
    return next;
}

ReplyPointer RedisLink::ask(std::initializer_list<std::string_view> words) {
    std::string command;
    append_count(command, words.size());
    for (const std::string_view word : words)
        append_word(command, word);
    append(command);
    while (!flush())
        wait(POLLOUT);
    ReplyPointer reply = next();
    while (reply == nullptr) {
        wait(POLLIN);
        receive();
        reply = next();
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        // Its first word: the rest may repeat what was sent, a password for one.
        const std::string_view text(reply->str, reply->len);
        throw Error{Code::Unavailable,
                    "redis refuses " + std::string(*words.begin()) + ": " + std::string(text.substr(0, text.find(' ')))};
    }
    return reply;
}

void RedisLink::wait(short events) {
    pollfd descriptors[] = {{context_->fd, events, 0}, {interrupt_, POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - core::Monotonic::now());
    const int ready = poll(descriptors, 2, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready <= 0) throw Error{Code::Unavailable, "no answer in time"};
    if (descriptors[1].revents != 0) throw Error{Code::Cancelled, "the host is stopping"};
}

}  // namespace host::kv
