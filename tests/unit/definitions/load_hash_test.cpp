#include "definitions/load_hash.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "plugin/elf_image.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;

namespace {

std::string hash_of(const Path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY));
  return load_hash(opened.get()).value();
}

int unique_symbols(int fd) {
  int count = 0;
  const auto symbols = ElfImage::open(fd).value().symbols(SHT_DYNSYM).value();
  for (const Elf64_Sym& symbol : symbols.entries) {
    if (ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("the load-hash is that of the code: not of symbols and debug information") {
  const DefinitionsDirectory directory;
  const std::string hash = hash_of(DefinitionsDirectory::animal("shop_1"));
  CHECK(hash.size() == 64);
  CHECK(hash_of(DefinitionsDirectory::animal("shop_1_stripped")) == hash);
  CHECK(hash_of(DefinitionsDirectory::animal("shop_2")) != hash);
}

TEST_CASE("one changed byte of code is another load-hash, one of the build-id is not") {
  const DefinitionsDirectory directory;
  const Path file = DefinitionsDirectory::animal("shop_1");
  const Descriptor opened(::open(file.c_str(), O_RDONLY));
  const auto image = ElfImage::open(opened.get());
  REQUIRE(image);
  const std::string whole = read_file(file).value();

  std::string bytes = whole;
  const auto notes = image->notes().value();
  for (const ElfNote& note : notes) {
    if (note.name == "GNU" && note.type == NT_GNU_BUILD_ID) bytes[note.desc_offset] ^= 1;
  }
  REQUIRE(bytes != whole);
  directory.write("x.so", bytes);
  CHECK(hash_of(directory.path("x.so")) == hash_of(file));

  bytes = whole;
  for (const Elf64_Phdr& segment : image->segments()) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0) bytes[segment.p_offset] ^= 1;
  }
  directory.write("x.so", bytes);
  CHECK(hash_of(directory.path("x.so")) != hash_of(file));
}

TEST_CASE("symbols that a process has once become each library's own in the store") {
  DefinitionsDirectory directory;
  const Descriptor original(
      ::open(DefinitionsDirectory::animal("shares_symbols").c_str(), O_RDONLY));
  if (unique_symbols(original.get()) == 0) return;  // a compiler that makes none
  directory.add("shares_symbols");
  const Path stored = directory.reload().plugins.at(0).stored;
  const Descriptor copy(::open(stored.c_str(), O_RDONLY));
  CHECK(unique_symbols(copy.get()) == 0);
}
