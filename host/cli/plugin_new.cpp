#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/config/plugins.hpp"
#include "host/core/error.hpp"

namespace host::cli {

namespace fs = std::filesystem;
using core::Code;
using core::Error;

namespace {

// What the template is called everywhere in itself.
constexpr std::string_view word = "starter";
constexpr std::string_view type_word = "Starter";

// The id becomes a namespace of C++ and a target of CMake: neither may have a meaning of its own already.
constexpr std::array taken_words{
    "alignas",   "alignof",   "all",       "and",       "asm",      "auto",      "bitand",   "bitor",    "bool",
    "break",     "case",      "catch",     "char",      "class",    "clean",     "compl",    "concept",  "const",
    "consteval", "constexpr", "constinit", "continue",  "co_await", "co_return", "co_yield", "decltype", "default",
    "delete",    "do",        "double",    "else",      "enum",     "explicit",  "export",   "extern",   "false",
    "float",     "for",       "friend",    "goto",      "help",     "if",        "inline",   "install",  "int",
    "linux",     "long",      "mutable",   "namespace", "new",      "noexcept",  "not",      "nullptr",  "operator",
    "or",        "package",   "private",   "protected", "register", "requires",  "return",   "short",    "signed",
    "sizeof",    "static",    "std",       "struct",    "switch",   "template",  "test",     "testing",  "this",
    "throw",     "true",      "try",       "typedef",   "typeid",   "typename",  "union",    "unix",     "unsigned",
    "using",     "virtual",   "void",      "volatile",  "wchar_t",  "while",     "xor"};

void check_id(const std::string& id) {
    if (!config::is_plugin_id(id))
        throw Error{Code::InvalidArgument,
                    "a plugin's id is a lower case letter and up to 30 of a-z, 0-9 and _, and none of "
                    "gantry, public, host, pg_*; found '" +
                        id.substr(0, 60) + "'"};
    if (std::ranges::find(taken_words, id) != taken_words.end())
        throw Error{Code::InvalidArgument, "'" + id + "' is a word of C++ or CMake, so nothing can be named after it"};
}

// <prefix>/share/gantry/template for an installed <prefix>/bin/gantry, share/gantry/template beside a gantry just built.
fs::path find_template() {
    std::error_code unknown;
    const fs::path program = fs::read_symlink("/proc/self/exe", unknown);
    const fs::path folder = program.parent_path();
    for (const fs::path& root : {folder.parent_path(), folder}) {
        const fs::path found = root / "share/gantry/template";
        if (!unknown && fs::is_directory(found)) return fs::canonical(found);
    }
    throw Error{Code::NotFound, "the template is not in " + (folder.parent_path() / "share/gantry/template").string() +
                                    ": install the package gantry-sdk-dev"};
}

std::string replaced(std::string text, std::string_view old, const std::string& fresh) {
    for (std::size_t at = 0; (at = text.find(old, at)) != text.npos; at += fresh.size())
        text.replace(at, old.size(), fresh);
    return text;
}

// "rain_radar" -> "RainRadar"
std::string type_name(const std::string& id) {
    std::string name;
    bool upper = true;
    for (const char c : id) {
        if (c != '_') name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = c == '_';
    }
    return name;
}

void copy_renamed(const fs::path& from, const fs::path& to, const std::string& id) {
    std::ifstream source(from, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(source), {});
    // The types first: an id may hold the word itself.
    text = replaced(replaced(std::move(text), type_word, type_name(id)), word, id);
    std::ofstream target(to, std::ios::binary);
    target << text;
    target.close();
    if (!source || !target) throw Error{Code::Unavailable, "cannot copy " + from.string() + " to " + to.string()};
}

void copy_tree(const fs::path& from, const fs::path& to, const std::string& id) {
    fs::create_directory(to);
    for (const auto& entry : fs::directory_iterator(from)) {
        // A dot file would be taken for something of the tree that the template lies in.
        const std::string name = entry.path().filename() == "gitignore" ? ".gitignore" : entry.path().filename().string();
        if (entry.is_directory()) copy_tree(entry.path(), to / name, id);
        if (entry.is_regular_file()) copy_renamed(entry.path(), to / name, id);
    }
}

}  // namespace

int plugin_new(const std::string& id, const std::string& directory) {
    check_id(id);
    const fs::path from = find_template();
    const fs::path target = fs::path(directory) / id;
    if (fs::exists(fs::symlink_status(target)))
        throw Error{Code::Conflict, target.string() + " is there already; nothing was changed"};
    if (!fs::is_directory(directory)) throw Error{Code::NotFound, directory + " is no directory"};
    // Beside, and renamed when whole: an interrupted copy is not taken for a plugin.
    const fs::path draft = fs::path(directory) / ("." + id + ".draft-" + std::to_string(::getpid()));
    try {
        copy_tree(from, draft, id);
        fs::rename(draft, target);
    } catch (const fs::filesystem_error& error) {
        std::error_code ignored;
        fs::remove_all(draft, ignored);
        throw Error{Code::Unavailable, "cannot write " + target.string() + ": " + error.code().message()};
    }
    std::cout << target.lexically_normal().string() << " is a plugin now. It builds and answers as it is:\n\n  cd "
              << target.lexically_normal().string() << "\n  make run\n  curl localhost:8080/" << id
              << "/Maria\n  make test\n";
    return Ok;
}

}  // namespace host::cli
