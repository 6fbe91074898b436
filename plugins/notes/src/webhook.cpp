#include "webhook.hpp"

#include <chrono>

#include <gantry/error.hpp>

namespace notes {

using namespace std::chrono_literals;

Webhook::Webhook(gantry::Host host, const std::string& url)
    : http_(host),
      secrets_(host),
      delivered_(host, "webhook_total", "Changes that the webhook was told of", {"status"}),
      url_(url) {
    if (!url_.empty())
        gantry::Events(host).subscribe("webhook", "notes.*", *this, &Webhook::deliver, gantry::Delivery::Durable);
}

// On a thread that may block. To throw is to be called again later.
void Webhook::deliver(const gantry::Event& event) {
    gantry::HttpRequest request("POST", url_);
    request.body(std::string(event.payload()), "application/json").deadline(10s);
    // The server tells by it what it has heard before.
    request.header("Idempotency-Key", std::string(event.id())).idempotent().retries(2);
    if (const auto key = secrets_.find("webhook_key")) request.header("Authorization", "Bearer " + std::string(key->view()));
    const gantry::HttpAnswer answer = http_.fetch_now(request);
    delivered_.add(1, std::to_string(answer.status()));
    if (answer.status() / 100 != 2)
        throw gantry::Error(gantry::Status::Unavailable, "the webhook answered " + std::to_string(answer.status()));
}

}  // namespace notes
