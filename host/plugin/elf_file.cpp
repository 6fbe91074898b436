#include "host/plugin/elf_file.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "host/core/error.hpp"

namespace host::plugin {

using core::Code;
using core::Error;

namespace {

Error damaged(const std::string& what) {
    return Error{Code::Abi, "is a damaged ELF file: " + what};
}

// Written so that no sum can overflow: offset and size are both the file's word.
std::string_view part(std::string_view bytes, std::uint64_t offset, std::uint64_t size, const char* what) {
    if (offset > bytes.size() || size > bytes.size() - offset)
        throw damaged(std::string(what) + " reaches beyond the end of the file (" + std::to_string(bytes.size()) +
                      " bytes)");
    return bytes.substr(offset, size);
}

// Copied, because nothing says that the file keeps its structs aligned.
template <typename T>
T take(std::string_view bytes, std::uint64_t offset, const char* what) {
    T value;
    std::memcpy(&value, part(bytes, offset, sizeof value, what).data(), sizeof value);
    return value;
}

std::string_view text_at(std::string_view strings, std::uint64_t offset) {
    if (offset >= strings.size()) throw damaged("a name lies outside of its string table");
    const std::string_view rest = strings.substr(offset);
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) throw damaged("a name has no end");
    return rest.substr(0, end);
}

std::uint16_t half_at(std::string_view bytes, std::size_t offset, bool big_endian) {
    const auto low = static_cast<unsigned char>(bytes[offset + (big_endian ? 1 : 0)]);
    const auto high = static_cast<unsigned char>(bytes[offset + (big_endian ? 0 : 1)]);
    return static_cast<std::uint16_t>(high << 8 | low);
}

}  // namespace

ElfIdentity read_elf_identity(std::string_view bytes) {
    if (bytes.empty()) throw Error{Code::Abi, "is empty but a plugin is an ELF shared library"};
    if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
        throw Error{Code::Abi, "is not an ELF file but a plugin is an ELF shared library"};
    // e_type and e_machine stand at the same place for every class and order.
    if (bytes.size() < EI_NIDENT + 4) throw damaged("the header ends after " + std::to_string(bytes.size()) + " bytes");
    ElfIdentity identity{};
    identity.bits = static_cast<std::uint8_t>(bytes[EI_CLASS]);
    identity.order = static_cast<std::uint8_t>(bytes[EI_DATA]);
    identity.type = half_at(bytes, EI_NIDENT, identity.order == ELFDATA2MSB);
    identity.machine = half_at(bytes, EI_NIDENT + 2, identity.order == ELFDATA2MSB);
    return identity;
}

std::string machine_name(std::uint16_t machine) {
    const char* name = "unknown";
    switch (machine) {
        case EM_386:
            name = "i386";
            break;
        case EM_ARM:
            name = "arm";
            break;
        case EM_PPC64:
            name = "ppc64";
            break;
        case EM_S390:
            name = "s390x";
            break;
        case EM_X86_64:
            name = "x86-64";
            break;
        case EM_AARCH64:
            name = "aarch64";
            break;
        case EM_RISCV:
            name = "riscv";
            break;
        default:
            break;
    }
    return std::string(name) + " (" + std::to_string(machine) + ")";
}

std::uint16_t machine_of_host() {
#if defined(__x86_64__)
    return EM_X86_64;
#elif defined(__aarch64__)
    return EM_AARCH64;
#elif defined(__riscv)
    return EM_RISCV;
#else
#error "the ABI is for 64-bit little-endian machines; name this one here"
#endif
}

ElfFile::ElfFile(std::string_view bytes) : bytes_(bytes) {
    read_sections();
    for (const Section& section : sections_) {
        if (section.type == SHT_DYNSYM) read_symbols(section);
        if (section.type == SHT_DYNAMIC) read_dynamic(section);
    }
}

std::optional<std::string_view> ElfFile::section(std::string_view name) const {
    const auto found =
        std::find_if(sections_.begin(), sections_.end(), [&](const Section& section) { return section.name == name; });
    if (found == sections_.end()) return std::nullopt;
    return found->bytes;
}

void ElfFile::read_sections() {
    const auto header = take<Elf64_Ehdr>(bytes_, 0, "the header");
    if (header.e_shnum == 0) throw damaged("it has no section table");
    if (header.e_shentsize != sizeof(Elf64_Shdr)) throw damaged("its section headers have a foreign size");
    const std::string_view table =
        part(bytes_, header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr), "the section table");
    if (header.e_shstrndx >= header.e_shnum) throw damaged("the table of section names does not exist");
    const auto header_of = [&](std::size_t index) {
        return take<Elf64_Shdr>(table, index * sizeof(Elf64_Shdr), "a section header");
    };
    const Elf64_Shdr naming = header_of(header.e_shstrndx);
    const std::string_view names = part(bytes_, naming.sh_offset, naming.sh_size, "the table of section names");
    for (std::size_t index = 1; index < header.e_shnum; ++index) {
        const Elf64_Shdr one = header_of(index);
        // .bss and its like have a size but no bytes in the file.
        const bool without_bytes = one.sh_type == SHT_NOBITS || one.sh_type == SHT_NULL;
        sections_.push_back({text_at(names, one.sh_name),
                             without_bytes ? std::string_view{} : part(bytes_, one.sh_offset, one.sh_size, "a section"),
                             one.sh_type, one.sh_link});
    }
}

void ElfFile::read_symbols(const Section& table) {
    const std::string_view strings = strings_of(table);
    for (std::uint64_t at = 0; table.bytes.size() - at >= sizeof(Elf64_Sym); at += sizeof(Elf64_Sym)) {
        const auto symbol = take<Elf64_Sym>(table.bytes, at, "a symbol");
        const auto binding = ELF64_ST_BIND(symbol.st_info);
        const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
        if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
        if (visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
        const std::string_view name = text_at(strings, symbol.st_name);
        exported_.push_back(name);
        if (binding == STB_GNU_UNIQUE) unique_.push_back(name);
    }
}

void ElfFile::read_dynamic(const Section& table) {
    const std::string_view strings = strings_of(table);
    for (std::uint64_t at = 0; table.bytes.size() - at >= sizeof(Elf64_Dyn); at += sizeof(Elf64_Dyn)) {
        const auto entry = take<Elf64_Dyn>(table.bytes, at, "a dynamic entry");
        if (entry.d_tag == DT_NULL) return;
        if (entry.d_tag == DT_NEEDED) needed_.push_back(text_at(strings, entry.d_un.d_val));
    }
}

std::string_view ElfFile::strings_of(const Section& table) const {
    // sections_ leaves out the empty section 0.
    if (table.link == 0 || table.link > sections_.size()) throw damaged("a table has no string table");
    return sections_[table.link - 1].bytes;
}

}  // namespace host::plugin
