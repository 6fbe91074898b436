#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host::plugin {

// What any ELF file says first, also one for another machine.
struct ElfIdentity {
    std::uint8_t bits;      // ELFCLASS64, ...
    std::uint8_t order;     // ELFDATA2LSB, ...
    std::uint16_t type;     // ET_DYN, ...
    std::uint16_t machine;  // EM_X86_64, ...
};

// Reads the first bytes only. Throws core::Error{Abi} if they are not ELF's.
ElfIdentity read_elf_identity(std::string_view bytes);

// "aarch64 (183)"
std::string machine_name(std::uint16_t machine);
// The machine this host was built for, as EM_*.
std::uint16_t machine_of_host();

// A shared library of 64 bits and little-endian order, read as bytes: nothing of it is mapped or run. Every offset in it
// is taken for hostile and checked; memory used is proportional to the file. The views point into the bytes passed.
//
// It reads the section table, the dynamic linker reads the segment table: a file forged by hand can show each of them
// something else. That is no loss: a forger's code runs in the host anyway, and what keeps him out is the pinned hash.
class ElfFile {
  public:
    // Throws core::Error{Abi} that says what is damaged.
    explicit ElfFile(std::string_view bytes);

    // The bytes of the first section of that name.
    std::optional<std::string_view> section(std::string_view name) const;
    // Symbols that other libraries can see.
    const std::vector<std::string_view>& exported() const { return exported_; }
    // Of these, the ones of binding STB_GNU_UNIQUE: they pin the library in memory for ever.
    const std::vector<std::string_view>& unique() const { return unique_; }
    // DT_NEEDED: libraries it is linked with.
    const std::vector<std::string_view>& needed() const { return needed_; }

  private:
    struct Section {
        std::string_view name;
        std::string_view bytes;
        std::uint32_t type;
        std::uint32_t link;
    };

    void read_sections();
    void read_symbols(const Section& table);
    void read_dynamic(const Section& table);
    std::string_view strings_of(const Section& table) const;

    std::string_view bytes_;
    std::vector<Section> sections_;
    std::vector<std::string_view> exported_;
    std::vector<std::string_view> unique_;
    std::vector<std::string_view> needed_;
};

}  // namespace host::plugin
