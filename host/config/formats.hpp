#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The "format" words of our schemas.
//   duration  500ms, 30s, 2m, 1h, 7d; a property of type integer is completed to milliseconds, a string stays text (and
//             may then also be in us or ns)
//   bytes     512, 64KiB, 1MiB, 2GiB; a property of type integer is completed to bytes, a string stays text
//   uri       scheme:something, as RFC 3986 spells it, without spaces
//   host      a DNS name or an IP address, without port
//   path      a file name; not empty
//   egress    api.github.com, api.github.com:8443, *.example.org, *.example.org:*, [2001:db8::1]:443
//   listen    127.0.0.1:8080, [::1]:8080, :8080, localhost:8080 or unix:/absolute/path
namespace host::config {

std::optional<std::int64_t> read_duration(std::string_view text);
std::optional<std::int64_t> read_bytes(std::string_view text);
// The shortest way to write it: 120000 is "2m", 1048576 is "1MiB".
std::string write_duration(std::int64_t milliseconds);
std::string write_bytes(std::int64_t bytes);

const std::vector<std::string>& format_names();
bool matches_format(std::string_view format, std::string_view text);
// "a duration such as 500ms, 30s, 2m or 1h"
std::string format_expectation(std::string_view format);

}  // namespace host::config
