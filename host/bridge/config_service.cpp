#include "host/bridge/config_service.hpp"

#include <charconv>
#include <utility>

#include "host/bridge/guard.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

namespace {

// One reference token of a JSON pointer, unescaped (RFC 6901 section 4).
std::string unescaped(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
            out.push_back(token[++i] == '0' ? '~' : '/');
        } else {
            out.push_back(token[i]);
        }
    }
    return out;
}

const gantry::Json* item_at(const gantry::Json& list, std::string_view token) {
    std::size_t index = 0;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool whole = read.ec == std::errc() && read.ptr == token.data() + token.size();
    return whole && index < list.items().size() ? &list.items()[index] : nullptr;
}

// Throws NotFound if nothing stands there.
const gantry::Json& at(const gantry::Json& root, std::string_view pointer) {
    const gantry::Json* node = &root;
    std::string_view rest = pointer;
    while (node != nullptr && !rest.empty()) {
        if (rest.front() != '/') throw core::Error(core::Code::InvalidArgument, "a JSON pointer begins with '/'");
        rest.remove_prefix(1);
        const std::string token = unescaped(rest.substr(0, rest.find('/')));
        rest = rest.find('/') == std::string_view::npos ? std::string_view() : rest.substr(rest.find('/'));
        node = node->is_array() ? item_at(*node, token) : node->find(token);
    }
    if (node == nullptr) throw core::Error(core::Code::NotFound, "nothing stands at " + std::string(pointer));
    return *node;
}

[[noreturn]] void throw_mismatch(std::string_view pointer, const char* expected) {
    throw core::Error(core::Code::InvalidArgument, std::string(pointer) + " is not " + expected);
}

}  // namespace

struct ConfigView::Calls {
    static const ConfigView& self(const gantry_config* config) { return *static_cast<const ConfigView*>(config->impl); }

    static gantry_status text(const gantry_config* config, gantry_str pointer, gantry_str* out) {
        return guarded(nullptr, [&] {
            const gantry::Json& node = at(self(config).settings_, view(pointer));
            if (!node.is_string()) throw_mismatch(view(pointer), "a text");
            *out = str(node.as_string());
            return GANTRY_OK;
        });
    }
    static gantry_status integer(const gantry_config* config, gantry_str pointer, std::int64_t* out) {
        return guarded(nullptr, [&] {
            const gantry::Json& node = at(self(config).settings_, view(pointer));
            if (!node.is_integer()) throw_mismatch(view(pointer), "an integer");
            *out = node.as_integer();
            return GANTRY_OK;
        });
    }
    static gantry_status real(const gantry_config* config, gantry_str pointer, double* out) {
        return guarded(nullptr, [&] {
            const gantry::Json& node = at(self(config).settings_, view(pointer));
            if (!node.is_number()) throw_mismatch(view(pointer), "a number");
            *out = node.as_number();
            return GANTRY_OK;
        });
    }
    static gantry_status boolean(const gantry_config* config, gantry_str pointer, std::int32_t* out) {
        return guarded(nullptr, [&] {
            const gantry::Json& node = at(self(config).settings_, view(pointer));
            if (!node.is_bool()) throw_mismatch(view(pointer), "true or false");
            *out = node.as_bool() ? 1 : 0;
            return GANTRY_OK;
        });
    }
    static gantry_status count(const gantry_config* config, gantry_str pointer, std::uint32_t* out) {
        return guarded(nullptr, [&] {
            const gantry::Json& node = at(self(config).settings_, view(pointer));
            if (!node.is_array() && !node.is_object()) throw_mismatch(view(pointer), "a list or a map");
            *out = static_cast<std::uint32_t>(node.is_array() ? node.items().size() : node.members().size());
            return GANTRY_OK;
        });
    }
    static gantry_status json(const gantry_config* config, gantry_str pointer, gantry_str* out) {
        return guarded(nullptr, [&] {
            std::string& dump = self(config).dumps_[copy(pointer)];
            if (dump.empty()) dump = at(self(config).settings_, view(pointer)).dump();
            *out = str(dump);
            return GANTRY_OK;
        });
    }
    static gantry_status origin(const gantry_config* config, gantry_str pointer, gantry_str* file, std::uint32_t* line,
                                std::uint32_t* column) {
        return guarded(nullptr, [&]() -> gantry_status {
            const std::optional<Origin> origin = self(config).origins_(view(pointer));
            if (!origin) return GANTRY_E_NOT_FOUND;
            const Origin& kept = self(config).found_[copy(pointer)] = *origin;
            *file = str(kept.file);
            *line = kept.line;
            *column = kept.column;
            return GANTRY_OK;
        });
    }
};

ConfigView::ConfigView(gantry::Json settings, Origins origins)
    : settings_(std::move(settings)),
      origins_(std::move(origins)),
      abi_{sizeof(gantry_config), 0,           this,         Calls::text, Calls::integer, Calls::real, Calls::boolean,
           Calls::count,          Calls::json, Calls::origin} {}

}  // namespace host::bridge
