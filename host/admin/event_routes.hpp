#pragma once

#include <vector>

#include "host/admin/event_feed.hpp"
#include "host/events/events.hpp"
#include "host/http/route.hpp"

namespace host::admin {

// /api/v1/events and below. Both outlive the routes; null, where they are only declared.
std::vector<http::Route> event_routes(events::Events* events, EventFeeds* feeds);

}  // namespace host::admin
