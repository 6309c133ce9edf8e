#include "cli/failure_digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostGroups = 20;

std::string without(std::string text, std::string_view part) {
  if (part.empty()) return text;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at))
    text.erase(at, part.size());
  return text;
}

}  // namespace

void FailureDigest::add(std::string_view asset, std::string_view key, const AttemptView& attempt) {
  if (attempt.status != DisplayStatus::failed) return;
  ++count_;
  if (attempt.checks.empty()) unchecked_ = true;
  const std::string message = attempt.error ? failure_line(*attempt.error) : attempt.reason;
  const std::string alike = without(message, key);
  for (Group& group : groups_) {
    if (group.asset != asset || group.alike != alike) continue;
    ++group.count;
    return;
  }
  if (groups_.size() == kMostGroups) {
    ++not_grouped_;
  } else {
    groups_.push_back({alike, std::string(asset), std::string(key), message, 1});
  }
}

std::string FailureDigest::text(const Look& look) const {
  Table table({{""}, {"", Column::Fit::wrap}});
  for (const Group& group : groups_) {
    std::string who = look.paint(Tone::bad, partition_name(group.asset, group.key));
    if (group.count > 1) who += fmt::format(" and {} more", with_thousands(group.count - 1));
    table.add({std::move(who), group.message});
  }
  std::string out = table.text(look, 2);
  if (not_grouped_ > 0)
    out += fmt::format("  and {} with other messages\n", with_thousands(not_grouped_));
  return out;
}

std::string failure_line(const FailureView& failure) {
  const std::string message = printable_line(failure.message);
  if (failure.signal == 0) return message.empty() ? failure.kind : message;
  const char* name = ::sigabbrev_np(failure.signal);
  const std::string signal = fmt::format("signal {} ({})", failure.signal,
                                         name != nullptr ? std::string("SIG") + name : "?");
  const bool told = name != nullptr && message.find(name) != std::string::npos;
  return told ? message : message.empty() ? signal : signal + ": " + message;
}

}  // namespace partita
