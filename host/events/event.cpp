#include "host/events/event.hpp"

#include <algorithm>

namespace host::events {

namespace {

constexpr std::size_t topic_bytes_max = 200;

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool are_words(const std::string& text) {
    const bool allowed = std::all_of(text.begin(), text.end(), [](char c) { return is_word_character(c) || c == '.'; });
    return allowed && !text.empty() && text.size() <= topic_bytes_max && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string::npos;
}

}  // namespace

bool is_topic(const std::string& text) {
    return are_words(text) && text.find('.') != std::string::npos;
}

bool is_pattern(const std::string& text) {
    if (text == "*") return true;
    return text.ends_with(".*") ? are_words(text.substr(0, text.size() - 2)) : is_topic(text);
}

bool matches(const std::string& pattern, const std::string& topic) {
    if (pattern == "*") return true;
    if (!pattern.ends_with(".*")) return pattern == topic;
    return topic.size() >= pattern.size() && topic.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

}  // namespace host::events
