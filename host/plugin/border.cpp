#include "host/plugin/border.hpp"

#include <cstring>
#include <exception>
#include <string>

#include "host/core/error.hpp"

namespace host::plugin {

using core::Code;
using core::Error;

namespace {

Error thrown(std::string_view function, const std::string& what) {
    return Error{Code::Internal, "threw out of " + std::string(function) + ": " + what};
}

// The plugin may have forgotten the NUL.
template <std::size_t size>
std::string text_in(const char (&buffer)[size]) {
    return std::string(buffer, strnlen(buffer, size));
}

}  // namespace

void call_plugin(std::string_view function, const std::function<void()>& call) {
    try {
        call();
    } catch (const std::exception& error) {
        throw thrown(function, error.what());
    } catch (...) {  // anything may fly out of a plugin; it becomes an Error like the rest
        throw thrown(function, "something that is no std::exception");
    }
}

void call_plugin(std::string_view function, const std::function<gantry_status(gantry_error*)>& call) {
    gantry_error error{};
    error.struct_size = sizeof error;
    gantry_status status = GANTRY_OK;
    call_plugin(function, [&] { status = call(&error); });
    if (status >= GANTRY_OK) return;
    std::string message = text_in(error.message);
    if (message.empty()) message = std::string(core::name_of(core::code_of(status))) + ", without a message";
    throw Error{core::code_of(status), std::string(function) + " failed: " + message, text_in(error.where),
                text_in(error.code)};
}

}  // namespace host::plugin
