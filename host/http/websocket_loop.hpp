#pragma once

#include <boost/asio/io_context.hpp>

namespace host::http {

// What all sockets run on: one thread. Outlives every session that refers to it.
struct WebSocketLoop {
    boost::asio::io_context context{1};
};

}  // namespace host::http
