#include "host/app/plugin_file.hpp"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "host/app/plugin_settings.hpp"
#include "host/bridge/host_table.hpp"
#include "host/config/config.hpp"
#include "host/config/manifest.hpp"
#include "host/config/view.hpp"
#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/plugin/elf_file.hpp"
#include "host/plugin/verify.hpp"

namespace host::app {

namespace fs = std::filesystem;
using core::Code;
using core::Error;

namespace {

plugin::Manifest read_manifest(std::string_view text, std::string source) {
    return config::read_manifest(text, source);
}

std::string id_in(const fs::path& file) {
    try {
        const std::vector<fs::path> here{fs::absolute(file).parent_path()};
        const plugin::Image image = plugin::read_image(file, here);
        const auto info = plugin::ElfFile(image.bytes).section(GANTRY_INFO_SECTION);
        if (info) return plugin::parse_info(*info).id;
    } catch (const Error&) {
        // Whatever it is, the host's own verification says it in its own words.
    }
    return file.stem().string();
}

plugin::Verified verified(const fs::path& file) {
    plugin::Wanted wanted{.id = id_in(file), .origin = "the command line", .sha256 = {}, .version = {}, .file = file};
    return plugin::verify(wanted, {}, bridge::offered_services(), read_manifest);
}

std::string hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes)
        text += {digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    return text;
}

// A note is name size, content size, type, the name "GNU", then what it is about.
std::string build_id_of(const plugin::ElfFile& elf) {
    constexpr std::size_t head_bytes = 16;
    const auto note = elf.section(".note.gnu.build-id");
    return note && note->size() > head_bytes ? hex(note->substr(head_bytes)) : "";
}

// As much as there is to read: what is damaged is told by the refusal.
void read_facts(std::string_view bytes, FileFacts& facts) {
    facts.architecture = plugin::machine_name(plugin::read_elf_identity(bytes).machine);
    const plugin::ElfFile elf(bytes);
    facts.build_id = build_id_of(elf);
    facts.libraries.assign(elf.needed().begin(), elf.needed().end());
    const auto manifest = elf.section(GANTRY_MANIFEST_SECTION);
    if (manifest) facts.manifest = manifest->substr(0, manifest->find('\0'));
    if (const auto section = elf.section(GANTRY_INFO_SECTION)) {
        const plugin::Info info = plugin::parse_info(*section);
        facts.id = info.id;
        facts.version = info.version;
        facts.abi = std::to_string(info.abi_major) + "." + std::to_string(info.abi_minor);
        facts.sdk = info.sdk;
        facts.uses = info.uses;
    }
    if (!manifest) return;
    plugin::Manifest read = read_manifest(facts.manifest, facts.file + "(manifest.yaml)");
    facts.summary = std::move(read.summary);
    facts.services = std::move(read.services);
    facts.requires_plugins = std::move(read.requires_plugins);
}

// A directory that is gone afterwards, with all that the plugin has put there.
class PrivateDirectory {
  public:
    PrivateDirectory() {
        std::string pattern = (fs::temp_directory_path() / "gantry-check-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw Error(Code::Unavailable, "cannot make a directory in " + fs::temp_directory_path().string());
        path_ = pattern;
    }
    ~PrivateDirectory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

check::Settings completed(const plugin::Verified& plugin, const config::Node& given, const gantry::Json& schema) {
    config::Config config;
    config.plugin_settings.emplace(plugin.info.id, given);
    check::Settings settings;
    const config::Node node =
        config::validate_plugin_settings(config, plugin.info.id, plugin.info.version, schema, settings.errors);
    settings.values = node.is_null() ? gantry::Json::object() : config::to_json(node);
    return settings;
}

gantry::Json written_settings(const std::string& config_file, const std::string& id) {
    if (config_file.empty()) return gantry::Json::object();
    const config::Config config = config::load(config_file, config::process_environment());
    const auto found = config.plugin_settings.find(id);
    if (found == config.plugin_settings.end())
        throw Error(Code::NotFound, config_file + " has no settings of the plugin " + id);
    return found->second.is_null() ? gantry::Json::object() : config::to_json(found->second);
}

}  // namespace

FileFacts inspect_file(const fs::path& file) {
    FileFacts facts;
    facts.file = file.string();
    const std::vector<fs::path> here{fs::absolute(file).parent_path()};
    const plugin::Image image = plugin::read_image(file, here);
    facts.size = image.bytes.size();
    facts.sha256 = core::sha256_hex(image.bytes);
    try {
        read_facts(image.bytes, facts);
    } catch (const Error& error) {
        facts.refusal = facts.file + ": " + error.what();
    }
    try {
        verified(file);
    } catch (const Error& error) {
        facts.refusal = error.what();
    }
    return facts;
}

void check_plugin(const CheckOrder& order, const std::function<void(const check::Result&)>& tell) {
    check::Subject subject;
    try {
        subject.plugin = verified(order.file);
    } catch (const Error& error) {
        if (!fs::exists(order.file)) throw;  // nothing has been found of a file that is not there
        return tell({"verification", check::Verdict::Failed, {error.what()}, {}});
    }
    const PrivateDirectory directory;
    subject.offer = bridge::offered_services();
    subject.settings = written_settings(order.config_file, subject.plugin.info.id);
    subject.data_directory = directory.path();
    subject.complete = [&subject](const gantry::Json& given, const gantry::Json& schema) {
        return completed(subject.plugin, config::from_json(given), schema);
    };
    tell({"verification", check::Verdict::Passed, {}, {}});
    check::run(subject, order.options, tell);
}

}  // namespace host::app
