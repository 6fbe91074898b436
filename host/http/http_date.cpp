#include "host/http/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace host::http {

namespace {

constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes the text apart from the left; after the first piece that does not fit it stays failed.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    Scanner& literal(std::string_view expected) {
        good_ = good_ && rest_.starts_with(expected);
        if (good_) rest_.remove_prefix(expected.size());
        return *this;
    }
    Scanner& number(std::size_t digits, int& out) {
        const char* begin = rest_.data();
        good_ = good_ && rest_.size() >= digits && rest_[0] != '-' &&
                std::from_chars(begin, begin + digits, out).ptr == begin + digits;
        if (good_) rest_.remove_prefix(digits);
        return *this;
    }
    // The day of asctime() is padded with a space.
    Scanner& padded_number(int& out) {
        return good_ && rest_.starts_with(' ') ? literal(" ").number(1, out) : number(2, out);
    }
    Scanner& month(int& out) {
        const auto found = std::find(months.begin(), months.end(), rest_.substr(0, 3));
        good_ = good_ && found != months.end();
        if (good_) rest_.remove_prefix(3);
        out = static_cast<int>(found - months.begin());
        return *this;
    }
    Scanner& time(std::tm& out) {
        return number(2, out.tm_hour).literal(":").number(2, out.tm_min).literal(":").number(2, out.tm_sec);
    }
    bool done() const { return good_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool good_ = true;
};

bool is_sane(const std::tm& utc) {
    return utc.tm_mday >= 1 && utc.tm_mday <= 31 && utc.tm_hour <= 23 && utc.tm_min <= 59 && utc.tm_sec <= 60;
}

// Two digits that would lie more than 50 years ahead are of the past century.
int century_of(int two_digits) {
    std::tm now{};
    const std::time_t seconds = std::time(nullptr);
    gmtime_r(&seconds, &now);
    const int year = (now.tm_year + 1900) / 100 * 100 + two_digits;
    return year > now.tm_year + 1900 + 50 ? year - 100 : year;
}

}  // namespace

std::string http_date(std::time_t seconds) {
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 40> text;
    const std::size_t size = std::strftime(text.data(), text.size(), ", %d ", &utc);
    std::string date(days[static_cast<std::size_t>(utc.tm_wday)]);
    date.append(text.data(), size).append(months[static_cast<std::size_t>(utc.tm_mon)]);
    return date.append(text.data(), std::strftime(text.data(), text.size(), " %Y %H:%M:%S GMT", &utc));
}

std::optional<std::time_t> parse_http_date(std::string_view text) {
    const std::size_t comma = text.find(',');
    const std::string_view after = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    std::tm utc{};
    int year = 0;
    if (Scanner(after)
            .literal(" ")
            .number(2, utc.tm_mday)
            .literal(" ")
            .month(utc.tm_mon)
            .literal(" ")
            .number(4, year)
            .literal(" ")
            .time(utc)
            .literal(" GMT")
            .done()) {
        utc.tm_year = year - 1900;
    } else if (Scanner(after)
                   .literal(" ")
                   .number(2, utc.tm_mday)
                   .literal("-")
                   .month(utc.tm_mon)
                   .literal("-")
                   .number(2, year)
                   .literal(" ")
                   .time(utc)
                   .literal(" GMT")
                   .done()) {
        utc.tm_year = century_of(year) - 1900;
    } else if (text.size() > 4 && Scanner(text.substr(4))
                                      .month(utc.tm_mon)
                                      .literal(" ")
                                      .padded_number(utc.tm_mday)
                                      .literal(" ")
                                      .time(utc)
                                      .literal(" ")
                                      .number(4, year)
                                      .done()) {
        utc.tm_year = year - 1900;
    } else {
        return std::nullopt;
    }
    if (!is_sane(utc)) return std::nullopt;
    return timegm(&utc);
}

}  // namespace host::http
