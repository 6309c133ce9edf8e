#include "definitions/load.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <utility>

#include "base/framing.hpp"
#include "base/text.hpp"
#include "definitions/plugin_child.hpp"
#include "definitions/reload.hpp"
#include "plugin/elf_image.hpp"

namespace partita {
namespace {

constexpr std::size_t kMaxOutputBytes = 64U << 10U;

// dlerror's texts, by what they have in common.
struct LoadFault {
  const char* pattern;
  const char* code;
};
constexpr LoadFault kLoadFaults[] = {
    {"undefined symbol", "missing_symbol"}, {"cannot open shared object file", "missing_library"},
    {"static TLS", "static_tls"},           {"version `", "library_version"},
    {"its entry threw", "entry_threw"},     {"define() threw", "define_threw"},
    {"define() ", "define_failed"},         {"table its entry returned", "bad_table"},
    {"partita_plugin.", "bad_table"},       {"it declares more than ", "too_many"},
};

// `undefined symbol: _ZN4shop4openEv` -> the same and ` (shop::open())`.
std::string with_demangled_symbol(std::string text) {
  constexpr std::string_view kBefore = "undefined symbol: ";
  const std::size_t at = text.find(kBefore);
  if (at == std::string::npos) return text;
  const std::string symbol = text.substr(at + kBefore.size());
  const std::string meaning = demangled(symbol.c_str());
  return meaning == symbol ? text : fmt::format("{} ({})", text, meaning);
}

// Which copy dlerror speaks of.
struct CopiedPlugin {
  Path directory;
  Path relative;
  Path file() const { return directory / relative; }
};

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos;) {
    text.erase(at, part.size());
  }
  return text;
}

Refusal load_refusal(const std::string& said, const CopiedPlugin& plugin) {
  std::string text = without(said, plugin.directory.string() + "/");
  const std::string prefix = plugin.relative.string() + ": ";
  const std::string suffix = " (required by " + plugin.relative.string() + ")";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  if (text.ends_with(suffix)) text.erase(text.size() - suffix.size());
  for (const LoadFault& fault : kLoadFaults) {
    if (text.find(fault.pattern) == std::string::npos) continue;
    return {fault.code, with_demangled_symbol(std::move(text))};
  }
  return {"load_failed", std::move(text)};
}

LoadOutcome outcome_of(const Json& answer, const CopiedPlugin& plugin) {
  LoadOutcome outcome;
  if (answer.contains("error")) {
    outcome.refusal = load_refusal(answer["error"].as_string(), plugin);
    return outcome;
  }
  auto declarations = declarations_from_json(answer["declarations"]);
  if (!declarations) {
    outcome.refusal = Refusal{"bad_answer", declarations.error().message};
    return outcome;
  }
  outcome.declarations = std::move(*declarations);
  for (const Json& item : answer["warnings"].as_array()) {
    outcome.warnings.push_back({item["code"].as_string(), item["message"].as_string()});
  }
  return outcome;
}

std::vector<std::string> lines_of(int output) {
  std::string text(kMaxOutputBytes, '\0');
  const ssize_t got = ::pread(output, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (text.ends_with('\n')) text.pop_back();
  return text.empty() ? std::vector<std::string>() : split(text, '\n');
}

// One load in progress: collects what the child says until it has ended, or time is up.
class LoadWatch {
 public:
  LoadWatch(Child child, const SharedMemory& crash, int timeout_millis)
      : child_(std::move(child)), crash_(crash), timeout_millis_(timeout_millis) {}

  LoadOutcome run(const CopiedPlugin& plugin) {
    std::optional<Refusal> fault = fault_of(watch());
    LoadOutcome outcome;
    if (fault && (answer_.is_null() || phase_ != kClosing)) {
      outcome.refusal = std::move(fault);
      return outcome;
    }
    outcome = outcome_of(answer_, plugin);
    if (fault) outcome.warnings.push_back(std::move(*fault));
    return outcome;
  }

 private:
  using SteadyClock = std::chrono::steady_clock;

  std::optional<Refusal> fault_of(const std::optional<ExitStatus>& status) const {
    if (!status) {
      return Refusal{"timeout", fmt::format("it did not finish within {}: it was in {}",
                                            format_duration(timeout_millis_ / 1e3), phase_)};
    }
    if (status->signal != 0) {
      return Refusal{"crashed", fmt::format("it crashed in {}: {}", phase_,
                                            crash_text(status->signal, crash_))};
    }
    if (status->code != 0) {
      return Refusal{"exited", fmt::format("it ended the process with exit code {} in {}",
                                           status->code, phase_)};
    }
    if (!answer_.is_null()) return std::nullopt;
    return Refusal{"exited",
                   fmt::format("it ended the process in {}, or closed its descriptors", phase_)};
  }

  // Nothing: it was killed at the time limit. That the channel is open says nothing, as a process
  // that the plugin forked may hold it.
  std::optional<ExitStatus> watch() {
    const auto end = SteadyClock::now() + std::chrono::milliseconds(timeout_millis_);
    bool open = true;
    for (;;) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now()).count();
      if (left <= 0) break;
      pollfd items[2] = {{child_.notice(), POLLIN, 0}, {open ? child_.channel() : -1, POLLIN, 0}};
      ::poll(items, 2, static_cast<int>(left));
      if (items[1].revents != 0) open = take_frames();
      if (items[0].revents == 0) continue;
      while (open && channel_readable()) open = take_frames();
      return child_.wait();
    }
    child_.kill(SIGKILL);
    return std::nullopt;
  }

  bool channel_readable() const {
    pollfd item{child_.channel(), POLLIN, 0};
    return ::poll(&item, 1, 0) > 0;
  }

  // False: no more to come.
  bool take_frames() {
    const auto more = frames_.fill(child_.channel());
    while (const auto frame = frames_.next()) {
      auto message = Json::parse(*frame);
      if (!message) continue;
      if (message->contains("phase")) {
        phase_ = (*message)["phase"].as_string();
      } else {
        answer_ = std::move(*message);
      }
    }
    return more && *more;
  }

  Child child_;
  const SharedMemory& crash_;
  int timeout_millis_;
  FrameBuffer frames_;
  std::string phase_ = "its start";
  Json answer_;
};

}  // namespace

// A child that was begun, and waits to be told what to load. The fork is not waited for.
class Loader::Process {
 public:
  explicit Process(Zygote& zygote)
      : child_(std::async(std::launch::async, [this, &zygote] {
          return zygote.spawn(kLoadRole, crash_.path(), output_.file.get());
        })) {}

  LoadOutcome load(const CopiedPlugin& plugin, int timeout_millis) && {
    LoadOutcome outcome;
    Result<Child> child = child_.get();
    if (!child) {
      outcome.refusal = Refusal{"no_process", child.error().message};
      return outcome;
    }
    // That it did not get it, because it has ended, is what watching it tells.
    (void)write_frame(child->channel(), plugin.file().string());
    outcome = LoadWatch(*std::move(child), crash_, timeout_millis).run(plugin);
    outcome.output = lines_of(output_.file.get());
    return outcome;
  }

 private:
  SharedMemory output_{"partita-output"};
  SharedMemory crash_{"partita-crash"};
  std::future<Result<Child>> child_;
};

Loader::Loader(Zygote* zygote, int timeout_millis)
    : zygote_(zygote), timeout_millis_(timeout_millis) {}

Loader::~Loader() = default;

void Loader::prepare() {
  if (zygote_ != nullptr && waiting_ == nullptr) waiting_ = std::make_unique<Process>(*zygote_);
}

LoadOutcome Loader::load(const Path& directory, const Path& relative) {
  const CopiedPlugin plugin{directory, relative};
  if (zygote_ == nullptr) return outcome_of(open_and_describe(plugin.file(), {}).answer, plugin);
  prepare();
  return std::move(*std::exchange(waiting_, nullptr)).load(plugin, timeout_millis_);
}

}  // namespace partita
