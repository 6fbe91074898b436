#include "host/cli/control_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "host/app/control_access.hpp"
#include "host/core/error.hpp"

namespace host::cli {

namespace {

namespace http = boost::beast::http;
using boost::asio::local::stream_protocol;

constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;

http::response<http::string_body> exchange(const app::ControlAccess& control, const std::string& method,
                                           const std::string& target) {
    boost::asio::io_context context;
    stream_protocol::socket socket(context);
    socket.connect(stream_protocol::endpoint(control.socket.substr(std::string_view("unix:").size())));
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(method);
    request.target(target);
    request.set(http::field::host, "localhost");
    request.set(http::field::authorization, "Bearer " + control.token);
    request.set(http::field::connection, "close");
    request.prepare_payload();
    http::write(socket, request);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_bytes_max);
    http::read(socket, buffer, parser);
    return parser.release();
}

std::string text_of(const gantry::Json& problem, const char* member) {
    const gantry::Json* text = problem.find(member);
    return text != nullptr && text->is_string() ? text->as_string() : std::string();
}

}  // namespace

ControlAnswer ask_host(const std::filesystem::path& data_directory, const std::string& method, const std::string& target) {
    const app::ControlAccess control = app::find_control(data_directory);
    try {
        const auto answer = exchange(control, method, target);
        ControlAnswer told{answer.result_int(), gantry::Json::parse(answer.body())};
        if (told.status >= 400 && told.status != 422)
            throw core::Error(core::Code::Unavailable, "the host refused: " + text_of(told.body, "detail"));
        return told;
    } catch (const boost::system::system_error& error) {
        const bool nobody = error.code() == boost::system::errc::connection_refused ||
                            error.code() == boost::system::errc::no_such_file_or_directory;
        if (nobody) throw core::Error(core::Code::NotFound, "no host runs on " + data_directory.string());
        throw core::Error(core::Code::Unavailable, "the host cannot be reached: " + error.code().message());
    }
}

}  // namespace host::cli
