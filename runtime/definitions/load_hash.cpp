#include "definitions/load_hash.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/sha256.hpp"
#include "plugin/elf_image.hpp"

namespace partita {
namespace {

constexpr std::uint64_t kChunk = 1U << 20U;

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Result<std::vector<Range>> left_out(const ElfImage& image) {
  std::vector<Range> ranges{{0, sizeof(Elf64_Ehdr)}};
  const auto notes = image.notes();
  if (!notes) return notes.error();
  for (const ElfNote& note : *notes) {
    if (note.name != "GNU" || note.type != NT_GNU_BUILD_ID) continue;
    ranges.push_back({note.desc_offset, note.desc_offset + note.desc.size()});
  }
  return ranges;
}

void blank(std::string& bytes, std::uint64_t offset, const std::vector<Range>& ranges) {
  for (const Range& range : ranges) {
    const std::uint64_t begin = std::max(range.begin, offset);
    const std::uint64_t end = std::min(range.end, offset + bytes.size());
    if (begin < end) std::memset(bytes.data() + (begin - offset), 0, end - begin);
  }
}

Status add_segment(Sha256& hash, const ElfImage& image, const Elf64_Phdr& segment,
                   const std::vector<Range>& ranges) {
  const std::uint64_t end = segment.p_offset + segment.p_filesz;
  for (std::uint64_t at = segment.p_offset; at < end; at += kChunk) {
    auto bytes = image.bytes(at, std::min(kChunk, end - at));
    if (!bytes) return std::move(bytes).error();
    blank(*bytes, at, ranges);
    hash.add(*bytes);
  }
  return {};
}

}  // namespace

Result<std::string> load_hash(int fd) {
  const auto image = ElfImage::open(fd);
  if (!image) return image.error();
  const auto ranges = left_out(*image);
  if (!ranges) return ranges.error();
  Sha256 hash;
  for (const Elf64_Phdr& segment : image->segments()) {
    if (segment.p_type != PT_LOAD) continue;
    if (Status status = add_segment(hash, *image, segment, *ranges); !status) {
      return std::move(status).error();
    }
  }
  return hash.hex();
}

Result<int> make_symbols_private(int fd) {
  const auto image = ElfImage::open(fd);
  if (!image) return image.error();
  const auto symbols = image->symbols(SHT_DYNSYM);
  if (!symbols) return symbols.error();
  int changed = 0;
  for (std::size_t i = 0; i < symbols->entries.size(); ++i) {
    const Elf64_Sym& symbol = symbols->entries[i];
    if (ELF64_ST_BIND(symbol.st_info) != STB_GNU_UNIQUE) continue;
    const auto info =
        static_cast<unsigned char>(ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(symbol.st_info)));
    const auto at = symbols->offset + i * sizeof symbol + offsetof(Elf64_Sym, st_info);
    if (::pwrite(fd, &info, 1, static_cast<off_t>(at)) != 1) {
      return io_error(fmt::format("write a symbol: {}", std::strerror(errno)));
    }
    ++changed;
  }
  return changed;
}

}  // namespace partita
