#include "cli/doctor_text.hpp"

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

Tone tone_of(HealthCheck::State state) {
  switch (state) {
    case HealthCheck::State::ok:
      return Tone::good;
    case HealthCheck::State::warning:
      return Tone::warning;
    case HealthCheck::State::problem:
      return Tone::bad;
  }
  return Tone::plain;
}

}  // namespace

std::string health_text(const HealthView& view, const Look& look) {
  Table table({{""}, {""}, {"", Column::Fit::wrap}});
  for (const HealthCheck& check : view.checks) {
    table.add(
        {{to_text(check.state), tone_of(check.state)}, {check.name}, {printable_line(check.text)}});
    if (!check.hint.empty())
      table.add({"", "", {"-> " + printable_line(check.hint), Tone::accent}});
  }
  return table.text(look);
}

std::string health_summary(const HealthView& view) {
  const std::int64_t problems = view.count(HealthCheck::State::problem);
  const std::int64_t warnings = view.count(HealthCheck::State::warning);
  std::string text = problems == 0 ? "no problems" : count_of(problems, "problem");
  if (warnings > 0) text += ", " + count_of(warnings, "warning");
  return text;
}

}  // namespace partita
