#include "partitions/time_zone.hpp"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/text.hpp"
#include "partitions/key.hpp"

namespace partita {
namespace {

// The Gregorian calendar repeats after 400 years, weekdays included, and so do the rules of zones.
constexpr Instant kCycleSeconds = 146097 * kDaySeconds;
constexpr Instant kFirstOfInterest = -3'818'361'600;  // 1849-01-01
constexpr Instant kLastOfInterest = 16'756'761'600;   // 2501-01-01

// About half a year: the way from a hint to the span is a step or two.
constexpr Instant kHintSeconds = Instant{1} << 24;

// No place's clock is further from Greenwich, local mean times included.
constexpr std::int64_t kLargestOffset = 57'600;

std::int64_t civil_seconds(absl::CivilSecond civil) {
  return civil - absl::CivilSecond(1970);
}

std::vector<TimeZone::Span> recorded_spans(absl::TimeZone zone) {
  absl::Time at = absl::FromUnixSeconds(kFirstOfInterest);
  std::vector<TimeZone::Span> spans{{kBeginningOfTime, zone.At(at).offset}};
  absl::TimeZone::CivilTransition next;
  while (zone.NextTransition(at, &next)) {
    const Instant begin = civil_seconds(next.from) - spans.back().offset;
    if (begin >= kLastOfInterest) break;
    spans.push_back({begin, civil_seconds(next.to) - begin});
    at = absl::FromUnixSeconds(begin);
  }
  return spans;
}

// Abseil lists the transitions of a zone that still changes for 400 years from the last that is
// written down; the ones after repeat them.
void repeat_last_cycle(std::vector<TimeZone::Span>& spans) {
  constexpr Instant kYear2200 = 7'258'118'400;
  if (spans.back().begin < kYear2200) return;
  const Instant last = spans.back().begin;
  for (std::size_t i = 1; spans.back().begin < kLastOfInterest; ++i) {
    if (spans[i].begin + kCycleSeconds > last) {
      spans.push_back({spans[i].begin + kCycleSeconds, spans[i].offset});
    }
  }
}

std::vector<std::string> known_zones() {
  namespace fs = std::filesystem;
  const fs::path root = "/usr/share/zoneinfo";
  std::vector<std::string> names;
  std::error_code failed;
  for (auto it = fs::recursive_directory_iterator(root, failed); it != fs::end(it);
       it.increment(failed)) {
    const std::string name = it->path().lexically_relative(root).string();
    if (name == "posix" || name == "right") it.disable_recursion_pending();
    if (!it->is_directory(failed) && name.find('.') == name.npos) names.push_back(name);
  }
  return names;
}

// Abseil also takes paths and `localtime`, which mean something else on each machine.
bool is_zone_name(std::string_view name) {
  if (name.front() == '/' || name == "localtime") return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && std::string_view("/_+-").find(c) == name.npos) {
      return false;
    }
  }
  return true;
}

Result<std::shared_ptr<const TimeZone>> read_zone(const std::string& name) {
  absl::TimeZone zone;
  if (!is_zone_name(name) || !absl::LoadTimeZone(name, &zone)) {
    return usage_error(fmt::format("find no time zone `{}`", printable_key(name)),
                       did_you_mean(name, known_zones()));
  }
  std::vector<TimeZone::Span> spans = recorded_spans(zone);
  repeat_last_cycle(spans);
  return std::shared_ptr<const TimeZone>(std::make_shared<TimeZone>(name, std::move(spans)));
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> TimeZone::load(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones;
  if (name.empty()) name = "UTC";
  const std::lock_guard lock(mutex);
  if (const auto known = zones.find(name); known != zones.end()) return known->second;
  auto zone = read_zone(std::string(name));
  if (zone) zones.emplace(name, *zone);
  return zone;
}

TimeZone::TimeZone(std::string name, std::vector<Span> spans)
    : name_(std::move(name)), spans_(std::move(spans)) {
  std::uint16_t span = 0;
  for (Instant at = kFirstOfInterest; at < kLastOfInterest; at += kHintSeconds) {
    while (span + 1U < spans_.size() && spans_[span + 1U].begin <= at) ++span;
    hints_.push_back(span);
  }
}

std::size_t TimeZone::span_at(Instant instant) const {
  const Instant within = std::clamp(instant, kFirstOfInterest, kLastOfInterest - 1);
  std::size_t span = hints_[static_cast<std::size_t>((within - kFirstOfInterest) / kHintSeconds)];
  while (span + 1 < spans_.size() && spans_[span + 1].begin <= instant) ++span;
  return span;
}

Instant TimeZone::span_end(std::size_t span) const {
  return span + 1 < spans_.size() ? spans_[span + 1].begin : kEndOfTime;
}

Instant TimeZone::first_at(LocalSeconds local) const {
  std::size_t span = span_at(local - kLargestOffset);
  while (span + 1 < spans_.size() && span_end(span) + spans_[span].offset <= local) ++span;
  return std::max(spans_[span].begin, local - spans_[span].offset);
}

Instant TimeZone::last_at(LocalSeconds local) const {
  std::size_t span = span_at(local + kLargestOffset);
  while (span > 0 && spans_[span].begin + spans_[span].offset > local) --span;
  return std::min(span_end(span), local - spans_[span].offset);
}

}  // namespace partita
