#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace host::events {

// What happened, as it is told to whom it concerns.
struct Event {
    std::string id;      // of its source; the same at each delivery
    std::string source;  // the plugin that said it
    std::string topic;   // "notes.created"
    std::string key;     // events of one topic and key arrive in their order
    std::string payload;
    std::int64_t at_us = 0;
    std::int64_t seq = 0;  // its place among the durable ones; 0: it is not durable
};
using EventPointer = std::shared_ptr<const Event>;

// Nothing: taken. Else why not; it comes again if the subscription is durable. `attempt` is 1 at first.
using Deliver = std::function<std::optional<std::string>(const Event&, std::uint32_t attempt)>;

struct Subscription {
    std::string name;     // of a durable one: across restarts
    std::string pattern;  // "notes.created", "notes.*", "*"
    bool durable = false;
    Deliver deliver;  // on a blocking thread, one at a time; must not throw
};

// What one instance of a plugin listens to.
struct Subscriber {
    std::string plugin;
    std::vector<Subscription> subscriptions;
};
using SubscriberPointer = std::shared_ptr<const Subscriber>;

// "notes.created": two or more words of [a-z0-9_-], at most 200 bytes.
bool is_topic(const std::string& text);
// A topic; or, with ".*" at its end, all topics below it; or "*", all there are.
bool is_pattern(const std::string& text);
bool matches(const std::string& pattern, const std::string& topic);

}  // namespace host::events
