#include "host/config/interpolate.hpp"

#include <filesystem>
#include <optional>

#include <unistd.h>

#include "host/config/files.hpp"
#include "host/config/scalar.hpp"
#include "host/config/text.hpp"

namespace host::config {

namespace {

constexpr std::size_t secret_file_bytes_max = 64 * 1024;

bool is_variable_name(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name) {
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (c < '0' || c > '9')) return false;
    }
    return true;
}

core::Error invalid(const std::string& message) {
    return {core::Code::InvalidArgument, message};
}

// Resolves the references of one scalar.
class Scalar {
  public:
    Scalar(const Node& node, const Environment& environment) : node_(node), environment_(environment) {}

    std::string resolve() {
        const std::string& text = node_.source().text;
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const std::string_view rest = std::string_view(text).substr(at);
            if (rest.starts_with("$$")) {
                out += '$';
                at += 2;
            } else if (rest.starts_with("${")) {
                const std::size_t end = rest.find('}');
                if (end == std::string_view::npos)
                    throw invalid("\"${\" is never closed by \"}\" (a plain dollar sign is $$)");
                out += look_up(rest.substr(2, end - 2));
                at += end + 1;
            } else {
                out += text[at++];
            }
        }
        return out;
    }
    // "${NAME}" of the first reference; empty if there was none.
    const std::string& reference() const { return reference_; }

  private:
    std::string look_up(std::string_view inside) {
        if (inside.starts_with("file:")) return from_file(inside.substr(5));
        const std::size_t split = inside.find(":-");
        const std::string name(inside.substr(0, split));
        if (!is_variable_name(name))
            throw invalid("expected ${NAME}, ${NAME:-text} or ${file:/path}, found ${" + shown(inside) + "}");
        note(name);
        const auto found = environment_.find(name);
        const bool has_default = split != std::string_view::npos;
        if (has_default && inside.find("${") != std::string_view::npos)
            throw invalid("the default of ${" + name + "} cannot hold another ${...}");
        if (has_default && (found == environment_.end() || found->second.empty()))
            return std::string(inside.substr(split + 2));
        if (found == environment_.end()) throw invalid("the environment variable " + name + " is not set");
        return checked(found->second, "the environment variable " + name);
    }

    std::string from_file(std::string_view written) {
        note("file:" + std::string(written));
        const std::filesystem::path path = relative_to(node_.mark(), written);
        std::string content = read_file(path, secret_file_bytes_max);
        if (content.ends_with('\n')) content.pop_back();
        if (content.ends_with('\r')) content.pop_back();
        return checked(std::move(content), shown(path.string()));
    }

    static std::string checked(std::string value, const std::string& what) {
        if (first_unsound_byte(value) != value.size())
            throw invalid(what + " holds control characters or bytes that are not UTF-8");
        return value;
    }

    void note(const std::string& name) {
        if (reference_.empty()) reference_ = "${" + shown(name) + "}";
    }

    const Node& node_;
    const Environment& environment_;
    std::string reference_;
};

class Walk {
  public:
    Walk(const Environment& environment, Problems& problems) : environment_(environment), problems_(problems) {}

    Node copy(const Node& node, const std::string& path) {
        if (node.is_list()) {
            Node::List items;
            for (const Node& item : node.items())
                items.push_back(copy(item, path + "[" + std::to_string(items.size()) + "]"));
            return node.with(std::move(items));
        }
        if (node.is_map()) {
            Node::Map members;
            for (const Node::Member& m : node.members())
                members.push_back({m.key, m.mark, copy(m.value, join_path(path, m.key))});
            return node.with(std::move(members));
        }
        // A value that is itself from the environment is not looked into: a password may hold a dollar sign.
        const bool may_refer = node.mark().in_file() && node.is_text() && node.as_text().find('$') != std::string::npos;
        return may_refer ? resolve(node, path) : node;
    }

  private:
    Node resolve(const Node& node, const std::string& path) {
        Scalar scalar(node, environment_);
        try {
            std::string text = scalar.resolve();
            const bool quoted = node.source().quoted;
            Node::Value value = quoted || scalar.reference().empty() ? Node::Value(text) : typed_scalar(text);
            return {std::move(value), node.mark(), {std::move(text), quoted, scalar.reference()}};
        } catch (const core::Error& error) {
            problems_.add(node.mark(), path, error.what());
        }
        return {Node::Unresolved{}, node.mark()};
    }

    const Environment& environment_;
    Problems& problems_;
};

}  // namespace

Environment process_environment() {
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

Node interpolate(const Node& root, const Environment& environment, Problems& problems) {
    return Walk(environment, problems).copy(root, "");
}

}  // namespace host::config
