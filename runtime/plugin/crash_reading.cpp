#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "plugin/crash_record.hpp"
#include "plugin/crash_report.hpp"
#include "plugin/elf_image.hpp"

namespace partita {
namespace {

// How far from the stack pointer an address may be that is an overflow of the stack: a function's
// own frame may be large.
constexpr std::uint64_t kNearStack = 256U << 10U;
constexpr std::size_t kMaxRecordFile = 16U << 20U;

struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  // in the file
  std::string file;
};

std::uint64_t hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

// `7f12-7f34 r-xp 00001000 08:01 1234    /path`; nothing for what is no file's.
std::optional<Mapping> parse_mapping(std::string_view line) {
  const std::size_t dash = line.find('-');
  const std::size_t space = line.find(' ');
  const std::size_t slash = line.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || space < dash) return {};
  const std::size_t offset = line.find(' ', space + 1);
  if (offset == std::string_view::npos) return {};
  return Mapping{hexadecimal(line.substr(0, dash)),
                 hexadecimal(line.substr(dash + 1, space - dash - 1)),
                 hexadecimal(line.substr(offset + 1)), std::string(line.substr(slash))};
}

std::vector<Mapping> parse_maps(std::string_view text) {
  std::vector<Mapping> mappings;
  for (const std::string& line : split(text, '\n')) {
    if (auto mapping = parse_mapping(line)) mappings.push_back(std::move(*mapping));
  }
  return mappings;
}

// A file that code was loaded from, kept open.
class Module {
 public:
  explicit Module(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (!file_.is_open()) return;
    if (auto image = ElfImage::open(file_.get())) image_ = std::move(*image);
  }

  std::optional<std::uint64_t> address_of(std::uint64_t offset) const {
    return image_ ? image_->address_of(offset) : std::nullopt;
  }

  const std::string& function_at(std::uint64_t address) {
    const auto [at, is_new] = functions_.try_emplace(address);
    if (is_new) at->second = image_->function_at(address);
    return at->second;
  }

 private:
  Descriptor file_;
  std::optional<ElfImage> image_;
  std::map<std::uint64_t, std::string> functions_;  // by the addresses asked for
};

std::string read_from_start(int fd) {
  std::string content;
  char buffer[65536];
  while (content.size() < kMaxRecordFile) {
    const ssize_t got = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(content.size()));
    if (got <= 0) break;
    content.append(buffer, static_cast<std::size_t>(got));
  }
  return content;
}

template <std::size_t N>
std::string bounded_text(const char (&text)[N]) {
  return std::string(text, ::strnlen(text, N));
}

bool is_memory_fault(int signal) {
  return signal == SIGSEGV || signal == SIGBUS;
}

std::string message_of(const CrashRecord& record) {
  if (record.exception_type[0] != '\0') return bounded_text(record.exception_what);
  if (!is_memory_fault(record.signal)) return {};
  const std::uint64_t distance = record.fault_address > record.stack_pointer
                                     ? record.fault_address - record.stack_pointer
                                     : record.stack_pointer - record.fault_address;
  if (record.stack_pointer != 0 && distance < kNearStack) return "stack overflow";
  return fmt::format("at address {:#x}", record.fault_address);
}

// The frame at which the signal struck: those before it are the reporter's.
std::size_t first_frame(const CrashRecord& record, std::size_t count) {
  const auto* end = record.frames + count;
  const auto* at = std::find(record.frames, end, record.program_counter);
  return at == end ? 0 : static_cast<std::size_t>(at - record.frames);
}

}  // namespace

struct CrashReader::State {
  std::map<std::string, Module> modules;

  std::vector<CrashFrame> frames_of(const CrashRecord& record,
                                    const std::vector<Mapping>& mappings);
  CrashFrame frame(std::uint64_t address, bool is_return, const std::vector<Mapping>& mappings);
  CrashFrame located(const Mapping& mapping, std::uint64_t offset, bool is_return);
};

CrashReader::CrashReader() : state_(std::make_unique<State>()) {}
CrashReader::~CrashReader() = default;

std::vector<CrashFrame> CrashReader::State::frames_of(const CrashRecord& record,
                                                      const std::vector<Mapping>& mappings) {
  const auto count = static_cast<std::size_t>(std::clamp(record.frame_count, 0, 64));
  std::vector<CrashFrame> frames;
  for (std::size_t i = first_frame(record, count); i < count; ++i) {
    const bool is_return = record.frames[i] != record.program_counter;
    frames.push_back(frame(record.frames[i], is_return, mappings));
  }
  return frames;
}

// `is_return`: the address is that of the instruction after a call.
CrashFrame CrashReader::State::frame(std::uint64_t address, bool is_return,
                                     const std::vector<Mapping>& mappings) {
  for (const Mapping& mapping : mappings) {
    if (address < mapping.begin || address >= mapping.end) continue;
    return located(mapping, address - mapping.begin + mapping.offset, is_return);
  }
  return {"", address, ""};
}

CrashFrame CrashReader::State::located(const Mapping& mapping, std::uint64_t offset,
                                       bool is_return) {
  Module& module = modules.try_emplace(mapping.file, mapping.file).first->second;
  const auto address = module.address_of(offset);
  if (!address) return {mapping.file, offset, ""};
  return {mapping.file, *address, module.function_at(*address - (is_return ? 1 : 0))};
}

Result<CrashReport> CrashReader::read(int fd) {
  const std::string content = read_from_start(fd);
  CrashRecord record;
  if (content.size() < sizeof record) return Error{ErrorCode::not_found, "no crash record", {}};
  std::memcpy(&record, content.data(), sizeof record);
  if (record.magic != kCrashMagic) return Error{ErrorCode::not_found, "no crash record", {}};
  CrashReport report;
  report.signal = record.signal;
  report.exception_type = bounded_text(record.exception_type);
  report.message = message_of(record);
  const auto mappings = parse_maps(std::string_view(content).substr(sizeof record));
  report.frames = state_->frames_of(record, mappings);
  return report;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  const char* meaning = ::sigdescr_np(signal);
  if (name == nullptr || meaning == nullptr) return fmt::format("signal {}", signal);
  std::string lower(meaning);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return fmt::format("SIG{} ({})", name, lower);
}

namespace {

bool is_host(const CrashFrame& frame, const Path& host) {
  return frame.module == host.string() ||
         Path(frame.module).filename().string().starts_with("libc.so");
}

// A function of the SDK's inside, `partita::detail::f()` or `int partita::detail::f<T>()`, rather
// than one that is given something of it.
bool is_sdk(const CrashFrame& frame) {
  const std::size_t at = frame.function.find("partita::detail::");
  return at == 0 || (at < frame.function.find('(') && frame.function[at - 1] == ' ');
}

// How many frames there are without those that called the plugin's code and say nothing of it, the
// host's own and the SDK's; all of them where the crash is theirs.
std::size_t frames_above_host(const std::vector<CrashFrame>& frames) {
  std::error_code failed;
  const Path host = std::filesystem::read_symlink("/proc/self/exe", failed);
  std::size_t shown = frames.size();
  while (shown > 0 && (is_host(frames[shown - 1], host) || is_sdk(frames[shown - 1]))) --shown;
  return shown > 0 ? shown : frames.size();
}

}  // namespace

std::string format_backtrace(const CrashReport& report) {
  std::string text;
  const std::size_t shown = frames_above_host(report.frames);
  for (std::size_t i = 0; i < shown; ++i) {
    const CrashFrame& frame = report.frames[i];
    const std::string module = frame.module.empty() ? "?" : Path(frame.module).filename().string();
    text += fmt::format("#{} {}+{:#x}", i, module, frame.offset);
    if (!frame.function.empty()) text += " in " + frame.function;
    text += '\n';
  }
  return text;
}

}  // namespace partita
