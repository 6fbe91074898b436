#include "host/plugin/verify.hpp"

#include <elf.h>

#include <algorithm>

#include <gantry/abi/plugin.h>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/plugin/elf_file.hpp"
#include "host/plugin/locate.hpp"

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

// Why this host cannot run it although it is a sound plugin; empty: it can. A newer minor alone is no reason: what counts
// is whether the functions that the code really calls are there.
std::string misfit_of(const Info& info, const HostOffer& offer) {
    const std::string built_for = std::to_string(info.abi_major) + "." + std::to_string(info.abi_minor);
    if (info.abi_major != GANTRY_ABI_MAJOR)
        return "is built for ABI " + built_for + " but this host has ABI " + version_of_host() +
               "; rebuild it with the SDK of this host";
    for (const auto& [service, size] : info.uses) {
        const auto offered = offer.find(service);
        if (offered != offer.end() && offered->second >= size) continue;
        const std::string has =
            offered == offer.end() ? "does not have it" : "has " + std::to_string(offered->second) + " bytes";
        return "version " + info.version + " needs " + service + " with " + std::to_string(size) + " bytes (built for ABI " +
               built_for + ") but this host (ABI " + version_of_host() + ") " + has +
               "; upgrade the host or rebuild the plugin with an older SDK";
    }
    return {};
}

void check_identity(const Verified& plugin, const Candidate& candidate) {
    const std::string& id = plugin.info.id;
    if (id != plugin.wanted.id)
        throw refused("is the plugin " + id + " but " + plugin.wanted.origin + " asks for " + plugin.wanted.id);
    if (plugin.file.filename() != id + ".so")
        throw refused("is the plugin " + id + ", so the file must be named " + id + ".so");
    const std::string& version = plugin.info.version;
    const std::string& pinned = plugin.wanted.version;
    if (!candidate.version.empty() && candidate.version != version)
        throw refused("has version " + version + " but lies in the directory of " + candidate.version +
                      "; put it into one named " + version);
    if (!pinned.empty() && pinned != version)
        throw refused("has version " + version + " but " + plugin.wanted.origin + " asks for " + pinned +
                      "; install that version, or ask for this one");
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

// Is it a plugin at all, and the very one that is pinned?
void check_file(Verified& plugin) {
    const std::string_view bytes = plugin.image->bytes;
    check_machine(bytes);
    // Before the reading of details: a pin is about the whole file, whatever it holds.
    check_hash(plugin);
    const ElfFile elf(bytes);
    check_symbols(elf);
    plugin.info = parse_info(required_section(elf, GANTRY_INFO_SECTION));
}

// Is it what it was taken for, and does its manifest say what its code does?
void check_content(Verified& plugin, const Candidate& candidate, const ManifestReader& read_manifest) {
    check_identity(plugin, candidate);
    const ElfFile elf(plugin.image->bytes);
    const std::string_view manifest = without_padding(required_section(elf, GANTRY_MANIFEST_SECTION));
    plugin.manifest = read_manifest(manifest, plugin.file.string() + "(manifest.yaml)");
    check_manifest(plugin);
}

Verified read_candidate(const Candidate& candidate, const Wanted& wanted, const std::vector<fs::path>& roots) {
    Verified plugin;
    plugin.wanted = wanted;
    plugin.file = candidate.file;
    plugin.image = std::make_shared<const Image>(read_image(plugin.file, roots));
    plugin.sha256 = core::sha256_hex(plugin.image->bytes);
    return plugin;
}

}  // namespace

Verified verify(const Wanted& wanted, const Settings& settings, const HostOffer& offer,
                const ManifestReader& read_manifest) {
    std::vector<fs::path> roots = settings.directories;
    if (!wanted.file.empty()) roots.push_back(fs::absolute(wanted.file).parent_path());
    const std::vector<Candidate> candidates = locate(wanted, settings);
    std::vector<std::string> passed_over;
    for (const Candidate& candidate : candidates) {
        Verified plugin = read_candidate(candidate, wanted, roots);
        try {
            check_file(plugin);
            const std::string misfit = misfit_of(plugin.info, offer);
            const bool last = &candidate == &candidates.back();
            if (!misfit.empty() && last) throw refused(misfit);
            if (misfit.empty()) {
                check_content(plugin, candidate, read_manifest);
                plugin.passed_over = std::move(passed_over);
                return plugin;
            }
            passed_over.push_back(plugin.file.string() + ": " + misfit);
        } catch (const Error& error) {
            throw Error{error.code(), plugin.file.string() + ": " + error.what(), error.where()};
        }
    }
    throw Error{Code::Internal, "a plugin without a candidate"};  // locate() finds one or throws
}

}  // namespace host::plugin
