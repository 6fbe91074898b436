#include "host/plugin/verify.hpp"

#include <elf.h>

#include <algorithm>

#include <gantry/abi/plugin.h>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/plugin/elf_file.hpp"

namespace host::plugin {

namespace fs = std::filesystem;
using core::Code;
using core::Error;

namespace {

constexpr std::string_view entry_symbol = "gantry_plugin_entry";

Error refused(const std::string& why) {
    return Error{Code::Abi, why};
}

std::string version_of_host() {
    return std::to_string(GANTRY_ABI_MAJOR) + "." + std::to_string(GANTRY_ABI_MINOR);
}

void check_hash(const Verified& plugin) {
    std::string pinned = plugin.wanted.sha256;
    std::transform(pinned.begin(), pinned.end(), pinned.begin(), [](unsigned char c) { return std::tolower(c); });
    if (pinned.empty() || pinned == plugin.sha256) return;
    throw Error{Code::Denied, "has the sha256 " + plugin.sha256 + " but " + plugin.wanted.origin + " pins " + pinned +
                                  "; install the pinned build, or pin this one if you trust it"};
}

void check_machine(std::string_view bytes) {
    const ElfIdentity identity = read_elf_identity(bytes);
    const std::string mend = "; install the build for this machine";
    if (identity.machine != machine_of_host())
        throw refused("is for machine " + machine_name(identity.machine) + " but this host needs " +
                      machine_name(machine_of_host()) + mend);
    if (identity.bits != ELFCLASS64)
        throw refused("is of ELF class " + std::to_string(identity.bits) + " but this host needs 64 bits (2)" + mend);
    if (identity.order != ELFDATA2LSB)
        throw refused("is of byte order " + std::to_string(identity.order) + " but this host needs little-endian (1)" +
                      mend);
    if (identity.type != ET_DYN)
        throw refused("is of ELF type " + std::to_string(identity.type) + " but a plugin is a shared library (3)");
}

void check_symbols(const ElfFile& elf) {
    const auto& exported = elf.exported();
    if (std::find(exported.begin(), exported.end(), entry_symbol) == exported.end())
        throw refused("does not export " + std::string(entry_symbol) + "; is it a gantry plugin?");
    const auto other = std::find_if(exported.begin(), exported.end(), [](auto name) { return name != entry_symbol; });
    if (!elf.unique().empty())
        throw refused("exports the unique symbol " + std::string(elf.unique().front()) +
                      ", which would keep it in memory for ever; build it with gantry_add_plugin() (-fno-gnu-unique)");
    if (other != exported.end())
        throw refused("exports " + std::to_string(exported.size()) + " symbols, " + std::string(*other) +
                      " among them, but a plugin exports only " + std::string(entry_symbol) +
                      "; build it with gantry_add_plugin() (version script)");
}

std::string_view required_section(const ElfFile& elf, std::string_view name) {
    const auto found = elf.section(name);
    if (!found) throw refused("has no section " + std::string(name) + "; build it with gantry_add_plugin()");
    return *found;
}

void check_abi(const Info& info) {
    if (info.abi_major == GANTRY_ABI_MAJOR) return;
    throw refused("is built for ABI " + std::to_string(info.abi_major) + "." + std::to_string(info.abi_minor) +
                  " but this host has ABI " + version_of_host() + "; rebuild it with the SDK of this host");
}

// A newer minor alone is no reason to refuse: what counts is whether the functions that the code really calls are there.
void check_uses(const Info& info, const HostOffer& offer) {
    for (const auto& [service, size] : info.uses) {
        const auto offered = offer.find(service);
        if (offered != offer.end() && offered->second >= size) continue;
        const std::string has =
            offered == offer.end() ? "does not have it" : "has " + std::to_string(offered->second) + " bytes";
        throw refused("version " + info.version + " needs " + service + " with " + std::to_string(size) +
                      " bytes (built for ABI " + std::to_string(info.abi_major) + "." + std::to_string(info.abi_minor) +
                      ") but this host (ABI " + version_of_host() + ") " + has +
                      "; upgrade the host or rebuild the plugin with an older SDK");
    }
}

void check_identity(const Verified& plugin) {
    const std::string& id = plugin.info.id;
    if (id != plugin.wanted.id)
        throw refused("is the plugin " + id + " but " + plugin.wanted.origin + " asks for " + plugin.wanted.id);
    if (plugin.file.filename() != id + ".so")
        throw refused("is the plugin " + id + ", so the file must be named " + id + ".so");
}

void check_manifest(const Verified& plugin) {
    const Manifest& manifest = plugin.manifest;
    const Info& info = plugin.info;
    const std::string mend = "; rebuild the plugin, the manifest inside is not its own";
    if (manifest.id != info.id) throw refused("is the plugin " + info.id + " but its manifest is of " + manifest.id + mend);
    if (manifest.version != info.version)
        throw refused("has version " + info.version + " but its manifest says " + manifest.version + mend);
    for (const auto& [service, size] : info.uses)
        if (std::find(manifest.services.begin(), manifest.services.end(), service) == manifest.services.end())
            throw refused("calls " + service + ", which its manifest does not list; add it to services in manifest.yaml");
}

std::string_view without_padding(std::string_view text) {
    while (!text.empty() && text.back() == '\0')
        text.remove_suffix(1);
    return text;
}

void check_bytes(Verified& plugin, const HostOffer& offer, const ManifestReader& read_manifest) {
    const std::string_view bytes = plugin.image->bytes;
    check_machine(bytes);
    // Before the reading of details: a pin is about the whole file, whatever it holds.
    check_hash(plugin);
    const ElfFile elf(bytes);
    check_symbols(elf);
    plugin.info = parse_info(required_section(elf, GANTRY_INFO_SECTION));
    check_abi(plugin.info);
    check_identity(plugin);
    const std::string_view manifest = without_padding(required_section(elf, GANTRY_MANIFEST_SECTION));
    plugin.manifest = read_manifest(manifest, plugin.file.string() + "(manifest.yaml)");
    check_manifest(plugin);
    check_uses(plugin.info, offer);
}

std::string joined(const std::vector<fs::path>& paths) {
    std::string out;
    for (const fs::path& path : paths)
        out += (out.empty() ? "" : ", ") + path.string();
    return out.empty() ? "no directory at all" : out;
}

}  // namespace

fs::path find_file(const Wanted& wanted, const Settings& settings) {
    if (!wanted.file.empty()) return wanted.file;
    for (const fs::path& directory : settings.directories) {
        const fs::path file = directory / (wanted.id + ".so");
        std::error_code ignored;
        // Also a dangling link counts as found: the message about it is better than "not found".
        if (fs::symlink_status(file, ignored).type() != fs::file_type::not_found) return file;
    }
    throw Error{Code::NotFound, wanted.origin + ": there is no " + wanted.id + ".so in " + joined(settings.directories) +
                                    "; install the plugin, or add its directory to plugin_directories"};
}

Verified verify(const Wanted& wanted, const Settings& settings, const HostOffer& offer,
                const ManifestReader& read_manifest) {
    Verified plugin;
    plugin.wanted = wanted;
    plugin.file = find_file(wanted, settings);
    std::vector<fs::path> roots = settings.directories;
    if (!wanted.file.empty()) roots.push_back(fs::absolute(wanted.file).parent_path());
    plugin.image = std::make_shared<const Image>(read_image(plugin.file, roots));
    plugin.sha256 = core::sha256_hex(plugin.image->bytes);
    try {
        check_bytes(plugin, offer, read_manifest);
    } catch (const Error& error) {
        throw Error{error.code(), plugin.file.string() + ": " + error.what(), error.where()};
    }
    return plugin;
}

}  // namespace host::plugin
