// ElfImage: what a 64-bit ELF file of this machine's byte order says about itself.
//
// Read with pread, every offset checked against the file's size: the file may be half-written, or
// hostile. Never mapped, because a file that shrinks under a mapping is a SIGBUS. Knows nothing of
// plugins. Immutable once opened, apart from the descriptor, which is borrowed; one thread.
#pragma once

#include <elf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace partita {

struct ElfNote {
  std::string name;  // without its NUL
  std::uint32_t type = 0;
  std::uint64_t desc_offset = 0;  // in the file
  std::string desc;
};

struct ElfSymbols {
  std::vector<Elf64_Sym> entries;
  std::string names;
  std::uint64_t offset = 0;  // of the first entry in the file

  std::string_view name_of(const Elf64_Sym& symbol) const;
};

struct ElfDynamic {
  std::vector<std::string> needed;
  std::string soname;
  std::uint64_t flags_1 = 0;  // DT_FLAGS_1
};

class ElfImage {
 public:
  static Result<ElfImage> open(int fd);

  const Elf64_Ehdr& header() const { return header_; }
  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  const std::vector<Elf64_Shdr>& sections() const { return sections_; }
  std::uint64_t file_size() const { return size_; }

  Result<std::string> bytes(std::uint64_t offset, std::uint64_t size) const;
  // Of the first section of that type, SHT_DYNSYM or SHT_SYMTAB; empty where there is none.
  Result<ElfSymbols> symbols(std::uint32_t section_type) const;
  // No value: no dynamic section, or one that takes no room in the file (a split debug file).
  Result<std::optional<ElfDynamic>> dynamic() const;
  // Those of the PT_NOTE segments.
  Result<std::vector<ElfNote>> notes() const;

  // The virtual address of the byte at `offset` in the file, where a segment loads it.
  std::optional<std::uint64_t> address_of(std::uint64_t offset) const;
  // The function that covers a virtual address: demangled, empty where no symbol does.
  std::string function_at(std::uint64_t address) const;

 private:
  ElfImage(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  Status read_headers();
  const Elf64_Shdr* section_of_type(std::uint32_t type) const;
  template <class T>
  Result<std::vector<T>> table(std::uint64_t offset, std::uint64_t count) const;
  Result<std::string> linked_strings(const Elf64_Shdr& section) const;

  int fd_;
  std::uint64_t size_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
};

// What a mangled name means; the name itself where it is none.
std::string demangled(const char* name);

}  // namespace partita
