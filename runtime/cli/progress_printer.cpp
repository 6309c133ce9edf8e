#include "cli/progress_printer.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cli/progress_text.hpp"

namespace partita {
namespace {

constexpr Micros kRedrawInterval = 100'000;
constexpr Micros kPlainInterval = 10'000'000;

constexpr const char* kClearToLineEnd = "\x1b[K";
constexpr const char* kClearBelow = "\x1b[J";

// The cursor rests under the frame: a process that dies leaves a terminal in order.
class TerminalPrinter final : public ProgressPrinter {
 public:
  TerminalPrinter(WriteText write, LookNow look)
      : write_(std::move(write)), look_(std::move(look)) {}

  void say(std::string_view line) override {
    write_(fmt::format("{}{}{}\n{}", to_frame_start(), line, kClearToLineEnd, kClearBelow));
    drawn_ = 0;
    last_.reset();
  }

  void show(const ProgressModel& model, Micros now) override {
    if (last_ && now - *last_ < kRedrawInterval) return;
    last_ = now;
    const auto lines = progress_frame(model, look_(), now);
    std::string text = to_frame_start();
    for (const std::string& line : lines) text += line + kClearToLineEnd + "\n";
    write_(text + kClearBelow);
    drawn_ = lines.size();
  }

  void close() override {
    if (drawn_ > 0) write_(to_frame_start() + kClearBelow);
    drawn_ = 0;
  }

 private:
  std::string to_frame_start() const {
    return drawn_ > 0 ? fmt::format("\r\x1b[{}A", drawn_) : std::string();
  }

  WriteText write_;
  LookNow look_;
  std::size_t drawn_ = 0;  // lines
  std::optional<Micros> last_;
};

class PlainPrinter final : public ProgressPrinter {
 public:
  explicit PlainPrinter(WriteText write) : write_(std::move(write)) {}

  void say(std::string_view line) override { write_(std::string(line) + "\n"); }

  void show(const ProgressModel& model, Micros now) override {
    if (!last_) last_ = now;
    if (now - *last_ < kPlainInterval) return;
    last_ = now;
    say(progress_line(model, now));
  }

  void close() override {}

 private:
  WriteText write_;
  std::optional<Micros> last_;
};

class SilentPrinter final : public ProgressPrinter {
 public:
  void say(std::string_view) override {}
  void show(const ProgressModel&, Micros) override {}
  void close() override {}
};

}  // namespace

std::unique_ptr<ProgressPrinter> terminal_printer(WriteText write, LookNow look) {
  return std::make_unique<TerminalPrinter>(std::move(write), std::move(look));
}

std::unique_ptr<ProgressPrinter> plain_printer(WriteText write) {
  return std::make_unique<PlainPrinter>(std::move(write));
}

std::unique_ptr<ProgressPrinter> silent_printer() {
  return std::make_unique<SilentPrinter>();
}

}  // namespace partita
