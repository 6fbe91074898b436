#pragma once

// Tells a server that the administrator chose of every change: at least once, each note's changes in order. While that
// server is away the host keeps them.

#include <gantry/events.hpp>
#include <gantry/http_client.hpp>
#include <gantry/metrics.hpp>
#include <gantry/secrets.hpp>

#include <string>

namespace notes {

class Webhook {
  public:
    // An empty `url`: nobody is told.
    Webhook(gantry::Host host, const std::string& url);

  private:
    void deliver(const gantry::Event& event);

    const gantry::HttpClient http_;
    const gantry::Secrets secrets_;
    const gantry::Counter delivered_;
    const std::string url_;
};

}  // namespace notes
