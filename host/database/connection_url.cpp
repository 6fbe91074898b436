#include "host/database/connection_url.hpp"

#include <libpq-fe.h>

#include <cctype>
#include <memory>

#include "host/core/error.hpp"

namespace host::database {

namespace {

std::string percent_encoded(const std::string& text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const unsigned char byte : text) {
        if (std::isalnum(byte) != 0 || byte == '-' || byte == '_' || byte == '.') {
            result += static_cast<char>(byte);
        } else {
            result += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return result;
}

std::string doubled(const std::string& text, char quote) {
    std::string result(1, quote);
    for (const char character : text) {
        if (character == quote) result += quote;
        result += character;
    }
    return result + quote;
}

}  // namespace

std::string make_url(const std::map<std::string, std::string>& parameters) {
    std::string url = "postgresql:///";
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        url += separator + name + "=" + percent_encoded(value);
        separator = '&';
    }
    return url;
}

std::map<std::string, std::string> parse_url(const std::string& url) {
    char* reason = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &reason),
                                                                               &PQconninfoFree);
    PQfreemem(reason);
    if (!options) {
        throw core::Error{core::Code::InvalidArgument,
                          "database.url is not a PostgreSQL URL; expected postgresql://user@host:5432/database",
                          "database.url"};
    }
    std::map<std::string, std::string> parameters;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parameters[option->keyword] = option->val;
    }
    return parameters;
}

std::string quote_name(const std::string& name) {
    return doubled(name, '"');
}

std::string quote_text(const std::string& text) {
    return doubled(text, '\'');
}

}  // namespace host::database
