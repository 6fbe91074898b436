#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/http_client/body_stream.hpp"
#include "host/http_client/egress.hpp"

namespace host::http_client {

// Who calls: a plugin's instance. Two generations of one plugin are two users.
struct User {
    User(std::string the_owner, Egress the_egress) : owner(std::move(the_owner)), egress(std::move(the_egress)) {}

    const std::string owner;
    const Egress egress;
    std::mutex mutex;
    std::condition_variable settled;
    std::size_t calls = 0;                                        // accepted and not yet done
    std::map<std::uint64_t, std::shared_ptr<BodyStream>> bodies;  // of calls whose body comes piece by piece
    bool gone = false;
};

}  // namespace host::http_client
