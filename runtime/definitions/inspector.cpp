#include "definitions/inspector.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/descriptor.hpp"
#include "partita/abi.h"
#include "plugin/declarations.hpp"
#include "plugin/elf_image.hpp"

namespace partita {
namespace {

using Found = std::optional<Refusal>;

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_386:
      return "i386";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "arm";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    default:
      return fmt::format("machine {}", machine);
  }
}

// What this program was itself built for.
unsigned host_machine() {
  static const unsigned machine = [] {
    const Descriptor self(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    Elf64_Ehdr header{};
    const bool whole = ::pread(self.get(), &header, sizeof header, 0) == sizeof header;
    return whole ? static_cast<unsigned>(header.e_machine) : unsigned{EM_NONE};
  }();
  return machine;
}

std::string_view type_name(unsigned type) {
  switch (type) {
    case ET_REL:
      return "an object file";
    case ET_EXEC:
      return "an executable";
    case ET_CORE:
      return "a core dump";
    default:
      return "an ELF file of an unknown type";
  }
}

// Looks at the first bytes, which a file of any word size and byte order has in the same place.
Found check_identity(int fd) {
  unsigned char head[20] = {};
  const ssize_t got = ::pread(fd, head, sizeof head, 0);
  if (got < 0) return Refusal{"unreadable", fmt::format("read it: {}", std::strerror(errno))};
  if (got == 0) return Refusal{"empty", "it is empty", true};
  if (std::all_of(head, head + got, [](unsigned char byte) { return byte == 0; })) {
    return Refusal{"truncated", "it is not whole: it begins with zeros", true};
  }
  const auto size = static_cast<std::size_t>(got);
  if (std::memcmp(head, ELFMAG, std::min<std::size_t>(size, SELFMAG)) != 0) {
    return Refusal{"not_elf", "it is no ELF file"};
  }
  if (size < sizeof head) return Refusal{"truncated", "it ends within its header", true};
  const bool little = head[EI_DATA] == ELFDATA2LSB;
  const unsigned machine = little ? head[18] | head[19] << 8U : head[19] | head[18] << 8U;
  const int bits = head[EI_CLASS] == ELFCLASS32 ? 32 : 64;
  if (bits != 64 || machine != host_machine()) {
    return Refusal{"machine",
                   fmt::format("it is built for {} ({} bit), this host is {} (64 bit)",
                               machine_name(machine), bits, machine_name(host_machine()))};
  }
  if (little != (std::endian::native == std::endian::little)) {
    return Refusal{"machine",
                   fmt::format("it is {}-endian, this host is not", little ? "little" : "big")};
  }
  return {};
}

class Inspector {
 public:
  explicit Inspector(const ElfImage& image) : image_(image) {}

  Inspection run() {
    using Step = Found (Inspector::*)();
    for (const Step step :
         {&Inspector::check_type, &Inspector::check_ranges, &Inspector::check_dynamic,
          &Inspector::check_note, &Inspector::check_abi, &Inspector::check_sanitizers,
          &Inspector::check_entry, &Inspector::check_build_id}) {
      if (inspection_.refusal) break;
      inspection_.refusal = (this->*step)();
    }
    return std::move(inspection_);
  }

 private:
  static Refusal unfinished(std::string message) {
    return {"truncated", "it is not whole: " + std::move(message), true};
  }

  Found check_type() {
    if (image_.header().e_type == ET_DYN) return {};
    return Refusal{
        "type", fmt::format("it is {}, want a shared library", type_name(image_.header().e_type))};
  }

  Found check_ranges() {
    const std::uint64_t size = image_.file_size();
    for (const Elf64_Phdr& segment : image_.segments()) {
      if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset) {
        return unfinished(fmt::format("a segment of {} bytes at {} is not in a file of {} bytes",
                                      segment.p_filesz, segment.p_offset, size));
      }
    }
    for (const Elf64_Shdr& section : image_.sections()) {
      if (section.sh_type == SHT_NOBITS) continue;
      if (section.sh_offset > size || section.sh_size > size - section.sh_offset) {
        return unfinished(fmt::format("a section of {} bytes at {} is not in a file of {} bytes",
                                      section.sh_size, section.sh_offset, size));
      }
    }
    if (image_.segments().empty()) return unfinished("it has no segments");
    // The table of sections comes last in the file: its end is what is written last.
    const auto& sections = image_.sections();
    if (sections.empty() || sections.back().sh_type == SHT_NULL) {
      return unfinished("its table of sections has no end");
    }
    return {};
  }

  Found check_dynamic() {
    const auto dynamic = image_.dynamic();
    if (!dynamic) return unfinished(dynamic.error().message);
    if (!*dynamic) {
      return Refusal{"type", "it has no dynamic section: it holds debug information only"};
    }
    if (((*dynamic)->flags_1 & DF_1_PIE) != 0) {
      return Refusal{"type", "it is an executable, want a shared library"};
    }
    inspection_.needed = (*dynamic)->needed;
    return {};
  }

  Found check_note() {
    auto notes = image_.notes();
    if (!notes) return unfinished(notes.error().message);
    notes_ = std::move(*notes);
    auto note = find_plugin_note(notes_);
    if (!note) return Refusal{"no_note", "it is no plugin: it has no Partita note"};
    inspection_.note = std::move(*note);
    if (const Status valid = validate_name(inspection_.note.plugin_id); !valid) {
      return Refusal{"plugin_id", "plugin id: " + valid.error().message};
    }
    return {};
  }

  Found check_abi() {
    const PluginNote& note = inspection_.note;
    if (note.abi_major != PARTITA_ABI_MAJOR) {
      return Refusal{"abi_major",
                     fmt::format("wrong abi {}, want {}: {}", note.abi_major, PARTITA_ABI_MAJOR,
                                 note.abi_major > PARTITA_ABI_MAJOR
                                     ? "upgrade the host"
                                     : "build the plugin again with this host's SDK")};
    }
    if (note.abi_minor_required > PARTITA_ABI_MINOR) {
      return Refusal{
          "abi_minor",
          fmt::format("needs abi {}.{}, this host has {}.{}: upgrade the host", note.abi_major,
                      note.abi_minor_required, PARTITA_ABI_MAJOR, PARTITA_ABI_MINOR)};
    }
    return {};
  }

  // A sanitizer's runtime must be there from the program's start.
  Found check_sanitizers() {
    const std::uint32_t lacking = inspection_.note.flags & ~kHostSanitizers;
    if ((lacking & PARTITA_NOTE_ASAN) != 0) {
      return Refusal{"sanitizer", "it is built with -fsanitize=address, this host is not"};
    }
    if ((lacking & PARTITA_NOTE_TSAN) != 0) {
      return Refusal{"sanitizer", "it is built with -fsanitize=thread, this host is not"};
    }
    return {};
  }

  Found check_entry() {
    const auto symbols = image_.symbols(SHT_DYNSYM);
    if (!symbols) return unfinished(symbols.error().message);
    for (const Elf64_Sym& symbol : symbols->entries) {
      if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      if (symbols->name_of(symbol) == PARTITA_ENTRY_SYMBOL) return {};
    }
    return Refusal{"no_entry", "it does not export " PARTITA_ENTRY_SYMBOL};
  }

  // The linker writes it last: zeros are a file that is still being linked.
  Found check_build_id() {
    for (const ElfNote& note : notes_) {
      if (note.name != "GNU" || note.type != NT_GNU_BUILD_ID) continue;
      const bool zero = note.desc.find_first_not_of('\0') == std::string::npos;
      if (zero) return unfinished("its build-id is zero");
      return {};
    }
    return Refusal{"build_id", "it has no build-id: link it with -Wl,--build-id"};
  }

  const ElfImage& image_;
  std::vector<ElfNote> notes_;
  Inspection inspection_;
};

}  // namespace

Inspection inspect(int fd) {
  Inspection inspection;
  inspection.refusal = check_identity(fd);
  if (inspection.refusal) return inspection;
  const auto image = ElfImage::open(fd);
  if (!image) {
    inspection.refusal = Refusal{"truncated", "it is not whole: " + image.error().message, true};
    return inspection;
  }
  return Inspector(*image).run();
}

}  // namespace partita
