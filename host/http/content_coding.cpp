#include "host/http/content_coding.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// "0.25" is 250; nothing for what is no weight (RFC 9110 section 12.4.2).
std::optional<int> weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int weight = (text[0] - '0') * 1000;
    int unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (c < '0' || c > '9') return std::nullopt;
        weight += (c - '0') * unit;
        unit /= 10;
    }
    return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

// What the client says of one coding, in thousandths.
class Wishes {
  public:
    void read(std::string_view list) {
        while (!list.empty()) {
            const std::size_t end = std::min(list.find(','), list.size());
            read_one(trim(list.substr(0, end)));
            list.remove_prefix(std::min(end + 1, list.size()));
        }
    }
    std::optional<int> of(Coding coding) const {
        const std::optional<int>& own = weights_[static_cast<std::size_t>(coding)];
        return own ? own : any_;
    }

  private:
    void read_one(std::string_view element) {
        const std::size_t semicolon = element.find(';');
        const std::string_view name = trim(element.substr(0, semicolon));
        int weight = 1000;
        if (semicolon != std::string_view::npos) {
            const std::string_view parameter = trim(element.substr(semicolon + 1));
            const bool is_weight = equal_names(parameter.substr(0, 2), "q=");
            // What cannot be read is not wished for.
            weight = (is_weight ? weight_of(parameter.substr(2)) : std::nullopt).value_or(0);
        }
        if (name == "*") any_ = weight;
        for (const Coding coding : {Coding::Identity, Coding::Gzip, Coding::Zstd}) {
            if (equal_names(name, name_of(coding))) weights_[static_cast<std::size_t>(coding)] = weight;
        }
        if (equal_names(name, "x-gzip")) weights_[static_cast<std::size_t>(Coding::Gzip)] = weight;
    }

    std::optional<int> weights_[3];
    std::optional<int> any_;
};

}  // namespace

std::string_view name_of(Coding coding) {
    switch (coding) {
        case Coding::Gzip:
            return "gzip";
        case Coding::Zstd:
            return "zstd";
        case Coding::Identity:
            break;
    }
    return "identity";
}

Coding choose_coding(const Request& request, std::initializer_list<Coding> offered) {
    Wishes wishes;
    for (const Field& field : request.fields) {
        if (field.name.size() == 15 && equal_names(field.name, "Accept-Encoding")) wishes.read(field.value);
    }
    Coding best = Coding::Identity;
    // Unless the client names a weight for it, the plain text is what is left when nothing else will do.
    int best_weight = std::max(1, wishes.of(Coding::Identity).value_or(1));
    for (const Coding coding : offered) {
        const int weight = wishes.of(coding).value_or(0);
        const bool better = best == Coding::Identity ? weight >= best_weight : weight > best_weight;
        if (!better) continue;
        best = coding;
        best_weight = weight;
    }
    return best;
}

}  // namespace host::http
