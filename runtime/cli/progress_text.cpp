#include "cli/progress_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

constexpr int kWidestBar = 32;
constexpr int kNarrowestBar = 8;
constexpr int kWidestName = 40;
constexpr std::size_t kMostRunning = 4;
// What is over sooner would only flicker.
constexpr Micros kShownAfter = 300'000;

struct Part {
  std::string text;
  Tone tone = Tone::plain;
};

void add_count(std::vector<Part>& parts, std::int64_t count, const char* what, Tone tone) {
  if (count > 0) parts.push_back({fmt::format("{} {}", with_thousands(count), what), tone});
}

// In whole seconds: an estimate is no measurement.
std::string left_text(double seconds) {
  const double whole = std::ceil(seconds);
  return (whole < 60 ? fmt::format("{:.0f} s", whole) : format_duration(whole)) + " left";
}

std::vector<Part> number_parts(const ProgressModel& model, Micros now) {
  std::vector<Part> parts;
  parts.push_back(
      {fmt::format("{}/{}", with_thousands(model.done()), with_thousands(model.total())),
       Tone::strong});
  add_count(parts, model.count(DisplayStatus::failed), "failed", Tone::bad);
  add_count(parts, model.count(DisplayStatus::upstream_failed), "held back", Tone::warning);
  add_count(parts, model.running(), "running", Tone::accent);
  if (const double rate = model.rate(now); rate > 0) parts.push_back({rate_text(rate)});
  if (const auto left = model.seconds_left(now)) {
    parts.push_back({left_text(*left), Tone::faint});
  } else if (model.is_overdue(now)) {
    parts.push_back({"longer than before", Tone::faint});
  }
  return parts;
}

std::string repeated(std::string_view glyph, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += glyph;
  return out;
}

// Of `width` cells, those for `part` of `total`: none only for nothing, all only for everything.
int cells_for(std::int64_t part, std::int64_t total, int width) {
  if (total <= 0 || part <= 0) return 0;
  if (part >= total) return width;
  const double exact = static_cast<double>(part) / static_cast<double>(total) * width;
  return std::clamp(static_cast<int>(std::lround(exact)), 1, width - 1);
}

std::string bar_text(const ProgressModel& model, int width, const Look& look) {
  const int filled = cells_for(model.done(), model.total(), width);
  const std::int64_t lost =
      model.count(DisplayStatus::failed) + model.count(DisplayStatus::upstream_failed);
  const int bad = std::min(filled, cells_for(lost, model.total(), width));
  const char* heavy = look.glyphs ? "━" : "=";
  const char* light = look.glyphs ? "─" : "-";
  return look.paint(Tone::good, repeated(heavy, filled - bad)) +
         look.paint(Tone::bad, repeated(heavy, bad)) +
         look.paint(Tone::faint, repeated(light, width - filled));
}

std::string head_line(const ProgressModel& model, const Look& look, Micros now) {
  std::string numbers;
  for (const Part& part : number_parts(model, now))
    numbers += "  " + look.paint(part.tone, part.text);
  const int room = look.width - 1 - display_width(numbers);
  const std::string bar = bar_text(model, std::clamp(room, kNarrowestBar, kWidestBar), look);
  return clipped(bar + numbers, look.width - 1, look.cut_mark());
}

std::string running_line(const ProgressModel::Running& running, int name_width, const Look& look,
                         Micros now) {
  const double seconds = static_cast<double>(now - running.started) / 1e6;
  std::string line = "  " + padded_right(running.name, name_width);
  line += "  " + look.paint(Tone::faint, padded_left(format_duration(seconds), 6));
  if (running.fraction >= 0) line += fmt::format("  {:3.0f}%", std::floor(running.fraction * 100));
  if (!running.last_line.empty()) line += "  " + look.paint(Tone::faint, running.last_line);
  return clipped(line, look.width - 1, look.cut_mark());
}

}  // namespace

std::vector<std::string> progress_frame(const ProgressModel& model, const Look& look, Micros now) {
  std::vector<std::string> lines = {head_line(model, look, now)};
  const auto oldest = model.oldest(kMostRunning, kShownAfter, now);
  int name_width = 0;
  for (const auto* running : oldest)
    name_width = std::max(name_width, std::min(display_width(running->name), kWidestName));
  for (const auto* running : oldest) lines.push_back(running_line(*running, name_width, look, now));
  return lines;
}

std::string progress_line(const ProgressModel& model, Micros now) {
  std::vector<std::string> parts;
  for (const Part& part : number_parts(model, now)) parts.push_back(part.text);
  parts.front() += " done";
  return fmt::format("run {}: {}", model.run(), join(parts, ", "));
}

std::string rate_text(double per_second) {
  if (per_second >= 9.95) return with_thousands(std::llround(per_second)) + "/s";
  if (per_second >= 1) return fmt::format("{:.1f}/s", per_second);
  if (per_second * 60 >= 1) return fmt::format("{:.0f}/min", per_second * 60);
  return fmt::format("{:.0f}/h", per_second * 3600);
}

}  // namespace partita
