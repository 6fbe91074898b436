#include "host/plugin/library.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <span>
#include <string_view>

#include "host/core/error.hpp"
#include "host/plugin/descriptor.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

namespace host::plugin {

namespace dll = boost::dll;
using core::Code;
using core::Error;

// The descriptor stays open as long as the library is mapped: the dynamic linker knows a library by the name it was opened
// under, and a later library under the same /proc/self/fd/N would be taken for this one.
struct Library::Mapping {
    std::filesystem::path file;
    Descriptor descriptor;
    dll::shared_library library;
    const gantry_entry* entry = nullptr;
    bool kept = false;
};

namespace {

std::string name_of(const Descriptor& descriptor) {
    return "/proc/self/fd/" + std::to_string(descriptor.get());
}

bool write_all(const Descriptor& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(to.get(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

// None: this system does not let a process have one.
Descriptor private_copy(const Verified& plugin) {
    const std::string name = "gantry:" + plugin.info.id;
    Descriptor copy(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!copy || !write_all(copy, plugin.image->bytes)) return Descriptor();
    ::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return copy;
}

// Boost wraps dlerror's text: "... (dlerror system message: /proc/self/fd/7: undefined symbol: x): Bad file descriptor".
std::string useful_part(std::string text, const std::string& opened_as) {
    constexpr std::string_view before = "dlerror system message: ";
    if (const std::size_t start = text.find(before); start != text.npos) text.erase(0, start + before.size());
    if (const std::size_t end = text.rfind("): "); end != text.npos) text.erase(end);
    if (text.starts_with(opened_as + ": ")) text.erase(0, opened_as.size() + 2);
    return text;
}

// Empty text: mapped.
std::string try_to_map(dll::shared_library& library, const Descriptor& descriptor) {
    const std::string name = name_of(descriptor);
    try {
        library.load(name, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        return {};
    } catch (const std::exception& error) {
        return useful_part(error.what(), name);
    }
}

std::string_view text_of(const char* text) {
    return text == nullptr ? std::string_view("nothing") : std::string_view(text);
}

void expect_same(std::string_view what, std::string_view in_entry, std::string_view in_info) {
    if (in_entry == in_info) return;
    throw Error{Code::Abi, "says " + std::string(what) + " " + std::string(in_entry) + " in gantry_plugin_entry but " +
                               std::string(in_info) + " in .gantry.info; rebuild it with the SDK"};
}

std::string abi_text(unsigned major, unsigned minor) {
    return std::to_string(major) + "." + std::to_string(minor);
}

void check_needs(const gantry_entry* entry, const HostOffer& offer) {
    if (!GANTRY_HAS(entry, needs) || !GANTRY_HAS(entry, needs_n)) return;
    for (const gantry_need& need : std::span(entry->needs, entry->needs_n)) {
        const auto offered = offer.find(std::string(text_of(need.service_id)));
        if ((need.flags & GANTRY_NEED_OPTIONAL) != 0) continue;
        if (offered != offer.end() && offered->second >= need.size_min) continue;
        throw Error{Code::Abi, "needs " + std::string(text_of(need.service_id)) + " with " + std::to_string(need.size_min) +
                                   " bytes but this host has " +
                                   (offered == offer.end() ? "none" : std::to_string(offered->second)) +
                                   "; upgrade the host or rebuild the plugin with an older SDK"};
    }
}

void check_entry(const gantry_entry* entry, const Info& info, const HostOffer& offer) {
    if (entry->magic != GANTRY_ENTRY_MAGIC)
        throw Error{Code::Abi, "has the magic number " + std::to_string(entry->magic) +
                                   " in gantry_plugin_entry but expected is " + std::to_string(GANTRY_ENTRY_MAGIC) +
                                   "; is it a gantry plugin?"};
    if (!GANTRY_HAS(entry, create))
        throw Error{Code::Abi,
                    "has a gantry_plugin_entry of " + std::to_string(entry->struct_size) + " bytes without create()"};
    expect_same("ABI", abi_text(entry->abi_major, entry->abi_minor), abi_text(info.abi_major, info.abi_minor));
    expect_same("id", text_of(entry->id), info.id);
    expect_same("version", text_of(entry->version), info.version);
    check_needs(entry, offer);
}

}  // namespace

Library::Library(const Verified& plugin, const HostOffer& offer) : mapping_(std::make_unique<Mapping>()) {
    mapping_->file = plugin.file;
    mapping_->descriptor = private_copy(plugin);
    std::string problem = "executable memory files are not allowed";
    if (mapping_->descriptor) problem = try_to_map(mapping_->library, mapping_->descriptor);
    // "failed to map segment": memfds can be made but not executed here.
    if (!mapping_->descriptor || problem.find("failed to map") != problem.npos) {
        mapping_->descriptor = Descriptor(::fcntl(plugin.image->source.get(), F_DUPFD_CLOEXEC, 0));
        problem = try_to_map(mapping_->library, mapping_->descriptor);
    }
    if (!problem.empty()) throw Error{Code::Abi, plugin.file.string() + ": cannot be loaded: " + problem};
    try {
        mapping_->entry = &mapping_->library.get<const gantry_entry>("gantry_plugin_entry");
        check_entry(mapping_->entry, plugin.info, offer);
    } catch (const Error& error) {
        throw Error{error.code(), plugin.file.string() + ": " + error.what()};
    }
}

Library::Library(Library&&) noexcept = default;

Library::~Library() {
    if (mapping_) close();
}

const gantry_entry& Library::entry() const {
    return *mapping_->entry;
}

void Library::keep() {
    if (mapping_->kept) return;
    mapping_->kept = true;
    // Asks for what is mapped already, only to mark it: from now on dlclose() leaves it where it is.
    ::dlopen(name_of(mapping_->descriptor).c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

bool Library::close() {
    const std::string name = name_of(mapping_->descriptor);
    mapping_->library.unload();
    // dlclose() says 0 also when it keeps the library, so the linker is asked.
    void* still_there = ::dlopen(name.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (still_there != nullptr) {
        ::dlclose(still_there);
        mapping_->descriptor.release();
    }
    mapping_.reset();
    return still_there == nullptr;
}

}  // namespace host::plugin
