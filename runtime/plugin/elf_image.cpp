#include "plugin/elf_image.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace partita {
namespace {

constexpr unsigned char kByteOrder =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
constexpr std::uint64_t kMaxNotes = 1U << 20U;

Error out_of_range(std::string_view what, std::uint64_t offset, std::uint64_t size,
                   std::uint64_t file_size) {
  return io_error(fmt::format("read {}: {} bytes at {} are not in a file of {} bytes", what, size,
                              offset, file_size));
}

std::string text_at(const std::string& strings, std::uint64_t offset) {
  return offset < strings.size() ? std::string(strings.c_str() + offset) : std::string();
}

std::uint64_t aligned(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

// The notes of one segment; stops at the first that does not fit.
void collect_notes(const std::string& bytes, const Elf64_Phdr& segment,
                   std::vector<ElfNote>& notes) {
  const std::uint64_t align = segment.p_align == 8 ? 8 : 4;
  std::uint64_t at = 0;
  while (at + sizeof(Elf64_Nhdr) <= bytes.size()) {
    Elf64_Nhdr note;
    std::memcpy(&note, bytes.data() + at, sizeof note);
    const std::uint64_t name = at + sizeof note;
    const std::uint64_t desc = aligned(name + note.n_namesz, align);
    if (desc > bytes.size() || note.n_descsz > bytes.size() - desc) return;
    notes.push_back({std::string(bytes.substr(name, note.n_namesz).c_str()), note.n_type,
                     segment.p_offset + desc, bytes.substr(desc, note.n_descsz)});
    at = aligned(desc + note.n_descsz, align);
  }
}

}  // namespace

std::string_view ElfSymbols::name_of(const Elf64_Sym& symbol) const {
  return symbol.st_name < names.size() ? std::string_view(names.c_str() + symbol.st_name)
                                       : std::string_view();
}

Result<ElfImage> ElfImage::open(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return io_error(fmt::format("stat: {}", std::strerror(errno)));
  ElfImage image(fd, static_cast<std::uint64_t>(info.st_size));
  if (Status status = image.read_headers(); !status) return std::move(status).error();
  return image;
}

Status ElfImage::read_headers() {
  auto header = table<Elf64_Ehdr>(0, 1);
  if (!header) return std::move(header).error().wrap("read its header");
  header_ = header->front();
  if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) return io_error("is no ELF file");
  if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != kByteOrder) {
    return io_error("is an ELF file of another word size or byte order");
  }
  if ((header_.e_phnum > 0 && header_.e_phentsize != sizeof(Elf64_Phdr)) ||
      (header_.e_shnum > 0 && header_.e_shentsize != sizeof(Elf64_Shdr))) {
    return io_error("has header tables of an unknown layout");
  }
  auto segments = table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum);
  if (!segments) return std::move(segments).error().wrap("read its program headers");
  auto sections = table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum);
  if (!sections) return std::move(sections).error().wrap("read its section headers");
  segments_ = std::move(*segments);
  sections_ = std::move(*sections);
  return {};
}

template <class T>
Result<std::vector<T>> ElfImage::table(std::uint64_t offset, std::uint64_t count) const {
  if (count > size_ / sizeof(T)) return out_of_range("a table", offset, count * sizeof(T), size_);
  auto raw = bytes(offset, count * sizeof(T));
  if (!raw) return std::move(raw).error();
  std::vector<T> items(count);
  if (count > 0) std::memcpy(items.data(), raw->data(), raw->size());
  return items;
}

Result<std::string> ElfImage::bytes(std::uint64_t offset, std::uint64_t size) const {
  if (size > size_ || offset > size_ - size) return out_of_range("it", offset, size, size_);
  std::string content(size, '\0');
  std::uint64_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(fd_, content.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(fmt::format("read: {}", std::strerror(errno)));
    if (got == 0) return out_of_range("it", offset, size, offset + done);
    done += static_cast<std::uint64_t>(got);
  }
  return content;
}

const Elf64_Shdr* ElfImage::section_of_type(std::uint32_t type) const {
  for (const Elf64_Shdr& section : sections_) {
    if (section.sh_type == type) return &section;
  }
  return nullptr;
}

Result<std::string> ElfImage::linked_strings(const Elf64_Shdr& section) const {
  if (section.sh_link >= sections_.size()) return io_error("links to a section that is not there");
  const Elf64_Shdr& strings = sections_[section.sh_link];
  if (strings.sh_type != SHT_STRTAB) return io_error("links to a section that holds no strings");
  return bytes(strings.sh_offset, strings.sh_size);
}

Result<ElfSymbols> ElfImage::symbols(std::uint32_t section_type) const {
  const Elf64_Shdr* section = section_of_type(section_type);
  if (section == nullptr) return ElfSymbols{};
  auto entries = table<Elf64_Sym>(section->sh_offset, section->sh_size / sizeof(Elf64_Sym));
  if (!entries) return std::move(entries).error().wrap("read its symbols");
  auto names = linked_strings(*section);
  if (!names) return std::move(names).error().wrap("read its symbols' names");
  return ElfSymbols{std::move(*entries), std::move(*names), section->sh_offset};
}

Result<std::optional<ElfDynamic>> ElfImage::dynamic() const {
  const Elf64_Shdr* section = section_of_type(SHT_DYNAMIC);
  if (section == nullptr) return std::optional<ElfDynamic>();
  auto entries = table<Elf64_Dyn>(section->sh_offset, section->sh_size / sizeof(Elf64_Dyn));
  if (!entries) return std::move(entries).error().wrap("read its dynamic section");
  auto strings = linked_strings(*section);
  if (!strings) return std::move(strings).error().wrap("read its dynamic section");
  ElfDynamic dynamic;
  for (const Elf64_Dyn& entry : *entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_NEEDED) dynamic.needed.push_back(text_at(*strings, entry.d_un.d_val));
    if (entry.d_tag == DT_SONAME) dynamic.soname = text_at(*strings, entry.d_un.d_val);
    if (entry.d_tag == DT_FLAGS_1) dynamic.flags_1 = entry.d_un.d_val;
  }
  return std::optional<ElfDynamic>(std::move(dynamic));
}

Result<std::vector<ElfNote>> ElfImage::notes() const {
  std::vector<ElfNote> notes;
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNotes) continue;
    auto content = bytes(segment.p_offset, segment.p_filesz);
    if (!content) return std::move(content).error().wrap("read its notes");
    collect_notes(*content, segment, notes);
  }
  return notes;
}

std::optional<std::uint64_t> ElfImage::address_of(std::uint64_t offset) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || offset < segment.p_offset) continue;
    const std::uint64_t within = offset - segment.p_offset;
    if (within < segment.p_filesz) return segment.p_vaddr + within;
  }
  return std::nullopt;
}

std::string ElfImage::function_at(std::uint64_t address) const {
  for (const std::uint32_t type : {SHT_SYMTAB, SHT_DYNSYM}) {
    const auto found = symbols(type);
    if (!found) continue;
    for (const Elf64_Sym& symbol : found->entries) {
      const bool covers = address >= symbol.st_value && address - symbol.st_value < symbol.st_size;
      if (!covers || ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      return demangled(std::string(found->name_of(symbol)).c_str());
    }
  }
  return {};
}

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
  return text ? text.get() : name;
}

}  // namespace partita
