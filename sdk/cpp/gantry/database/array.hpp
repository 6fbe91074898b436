#pragma once

// PostgreSQL's array literal, {"a",b,"with \"quotes\""}, for one-dimensional arrays.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::detail {

inline std::string array_literal(const std::vector<std::string>& items) {
    std::string out = "{";
    for (const std::string& item : items) {
        if (out.size() > 1) out += ',';
        // Quoted always: then no item can be taken for NULL, a brace or a blank.
        out += '"';
        for (const char c : item) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    return out + "}";
}

class ArrayReader {
  public:
    explicit ArrayReader(std::string_view literal) : rest_(literal) {}

    // A NULL item is nothing. Throws std::logic_error for what is no one-dimensional array.
    std::vector<std::optional<std::string>> read() {
        std::vector<std::optional<std::string>> items;
        expect('{');
        if (take('}')) return items;
        do {
            items.push_back(take('"') ? quoted() : bare());
        } while (take(','));
        expect('}');
        return items;
    }

  private:
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) throw std::logic_error("not a one-dimensional array");
    }
    std::string quoted() {
        std::string item;
        while (!take('"')) {
            take('\\');
            if (rest_.empty()) throw std::logic_error("an array literal that does not end");
            item += rest_.front();
            rest_.remove_prefix(1);
        }
        return item;
    }
    std::optional<std::string> bare() {
        const std::string_view item = rest_.substr(0, rest_.find_first_of(",}{"));
        rest_.remove_prefix(item.size());
        if (item == "NULL") return std::nullopt;
        return std::string(item);
    }

    std::string_view rest_;
};

}  // namespace gantry::detail
