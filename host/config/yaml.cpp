#include "host/config/yaml.hpp"

#include <istream>
#include <optional>
#include <streambuf>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "host/config/places.hpp"
#include "host/config/scalar.hpp"
#include "host/config/text.hpp"

namespace host::config {

namespace {

constexpr std::size_t depth_max = 32;
constexpr std::size_t values_max = 10'000;

// Thrown after a problem was noted behind which reading on is senseless.
struct Stop {};

// The library counts from 0.
Mark mark_of(const Places& places, const YAML::Mark& mark) {
    if (mark.is_null() || mark.line < 0 || mark.column < 0) return places.at(0, 0);
    return places.at(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
}

// Builds the tree from the library's events.
class Builder : public YAML::EventHandler {
  public:
    Builder(const Places& places, Problems& problems) : places_(places), problems_(problems) {}

    Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) stop(mark, "a second document begins here, expected one");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        begin_value(mark, anchor, "");
        if (awaits_key()) stop(mark, "expected a key, found nothing");
        // The library marks a missing value by whatever follows it, often on another line.
        place(Node(nullptr, !stack_.empty() && stack_.back().key ? stack_.back().key->mark : mark_of(places_, mark)));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { stop(mark, "aliases (*name) are not allowed"); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        begin_value(mark, anchor, tag);
        if (value.find('\0') != std::string::npos) stop(mark, "a NUL character is not allowed");
        if (awaits_key()) return begin_member(mark, value);
        const bool quoted = tag == "!";
        place(Node(quoted ? Node::Value(value) : typed_scalar(value), mark_of(places_, mark), {value, quoted}));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, anchor, tag, Node::List{});
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, anchor, tag, Node::Map{});
    }
    void OnMapEnd() override { close(); }

  private:
    struct Key {
        std::string name;
        Mark mark;
        bool duplicate;
    };
    struct Level {
        Node::Value value;
        Mark mark;
        std::optional<Key> key;
    };

    bool awaits_key() const {
        return !stack_.empty() && std::holds_alternative<Node::Map>(stack_.back().value) && !stack_.back().key;
    }

    void begin_value(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
        if (++values_ > values_max) stop(mark, "more than " + std::to_string(values_max) + " values");
        if (anchor != 0) stop(mark, "anchors (&name) are not allowed");
        if (!tag.empty() && tag != "?" && tag != "!") stop(mark, "tags (" + shown(tag) + ") are not allowed");
    }

    void begin_member(const YAML::Mark& mark, const std::string& name) {
        Level& level = stack_.back();
        if (name == "<<") stop(mark, "merge keys (<<) are not supported");
        const Mark here = mark_of(places_, mark);
        bool duplicate = false;
        for (const Node::Member& member : std::get<Node::Map>(level.value)) {
            if (member.key != name) continue;
            duplicate = true;
            problems_.add(here, join_path(path(), name), "stands twice, first at " + member.mark.text());
        }
        level.key = Key{name, here, duplicate};
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, Node::Value value) {
        begin_value(mark, anchor, tag);
        if (awaits_key()) stop(mark, "a key must be a word, found a list or a map");
        if (stack_.size() >= depth_max) stop(mark, "nested deeper than " + std::to_string(depth_max));
        stack_.push_back({std::move(value), mark_of(places_, mark), std::nullopt});
    }

    void close() {
        Level done = std::move(stack_.back());
        stack_.pop_back();
        place(Node(std::move(done.value), std::move(done.mark)));
    }

    void place(Node node) {
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Level& level = stack_.back();
        if (auto* list = std::get_if<Node::List>(&level.value)) {
            list->push_back(std::move(node));
            return;
        }
        if (!level.key->duplicate) {
            std::get<Node::Map>(level.value).push_back({std::move(level.key->name), level.key->mark, std::move(node)});
        }
        level.key.reset();
    }

    std::string path() const {
        std::string path;
        for (const Level& level : stack_) {
            if (const auto* list = std::get_if<Node::List>(&level.value)) {
                path += "[" + std::to_string(list->size()) + "]";
            } else if (level.key) {
                path = join_path(path, level.key->name);
            }
        }
        return path;
    }

    [[noreturn]] void stop(const YAML::Mark& mark, const std::string& message) {
        problems_.add(mark_of(places_, mark), path(), message);
        throw Stop{};
    }

    const Places& places_;
    Problems& problems_;
    std::size_t documents_ = 0;
    std::size_t values_ = 0;
    std::vector<Level> stack_;
    Node root_;
};

// The library reads a stream; this one reads from the text where it lies.
class TextBuffer : public std::streambuf {
  public:
    explicit TextBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // a streambuf that is only read from never writes
        setg(begin, begin, begin + text.size());
    }
};

bool is_sound(std::string_view text, const Places& places, Problems& problems) {
    if (text.size() > yaml_bytes_max) {
        problems.add(places.at_offset(0), "", "the file is larger than 1 MiB");
        return false;
    }
    const std::size_t unsound = first_unsound_byte(text);
    if (unsound == text.size()) return true;
    const bool control = (static_cast<unsigned char>(text[unsound]) & 0x80) == 0;
    problems.add(places.at_offset(unsound), "", control ? "a control character is not allowed" : "a byte here is not UTF-8");
    return false;
}

std::string hint(std::string_view line) {
    const bool braces = line.find("${") != std::string_view::npos;
    if (braces) return " (inside { } and [ ] write \"${...}\" in quotes)";
    const bool tab = line.find_first_not_of(" \t") != std::string_view::npos &&
                     line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
    return tab ? " (indent with spaces, not tabs)" : "";
}

}  // namespace

Node parse_yaml(std::string_view text, const std::string& file, Problems& problems) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const Places places(text, file);
    if (!is_sound(text, places, problems)) return {};

    TextBuffer buffer(text);
    std::istream stream(&buffer);
    Builder builder(places, problems);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return {};
    } catch (const YAML::Exception& error) {
        const Mark mark = mark_of(places, error.mark);
        problems.add(mark, "", "not YAML: " + shown(error.msg) + hint(places.line_of(mark)));
        return {};
    }
    return builder.take();
}

}  // namespace host::config
