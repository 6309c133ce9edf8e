#include "cli/partitions_text.hpp"

#include <fmt/format.h>

#include "cli/display_text.hpp"
#include "cli/list_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

constexpr Instant kDay = 86400;

bool on(Instant instant, Instant unit) {
  return instant % unit == 0;
}

}  // namespace

std::string window_text(const Window& window) {
  const std::string start = format_instant(window.start);
  const std::string end = format_instant(window.end);
  const std::size_t date = start.find('T');
  if (on(window.start, kDay) && on(window.end, kDay))
    return start.substr(0, date) + " .. " + end.substr(0, date);
  const std::size_t digits = on(window.start, 60) && on(window.end, 60) ? 5 : 8;
  const auto written = [&](const std::string& text) {
    return text.substr(0, date) + " " + text.substr(date + 1, digits);
  };
  // A day ends at 24:00, which is shorter than the date of the next.
  if (on(window.end, kDay) && window.end - window.start < kDay)
    return written(start) + " .. " + std::string("24:00:00").substr(0, digits);
  const bool same_day = start.substr(0, date) == end.substr(0, date);
  return written(start) + " .. " + (same_day ? end.substr(date + 1, digits) : written(end));
}

std::string partitions_text(const PartitionsView& view, const Look& look) {
  Table table({{"PARTITION"}, {"WINDOW, UTC"}, {"STATUS"}, {"REASON", Column::Fit::wrap}});
  for (const PartitionRow& row : view.partitions) {
    const bool stale = row.fresh == false;
    const std::string window = row.window ? window_text(*row.window) : "";
    table.add({{row.key.empty() ? "(unpartitioned)" : row.key, Tone::strong},
               {window, Tone::faint},
               {stale ? std::string(to_text(row.status)) + ", stale" : to_text(row.status),
                stale ? Tone::warning : tone_of(row.status)},
               printable_line(row.reason)});
  }
  std::string out = table.text(look);
  if (!view.problems.empty()) out += (out.empty() ? "" : "\n") + problems_text(view.problems, look);
  return out;
}

}  // namespace partita
