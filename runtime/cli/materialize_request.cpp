#include "cli/materialize_request.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

using Wanted = MaterializeRequest::Wanted;

constexpr std::int64_t kMostJobs = 4096;

struct WantedOption {
  const char* name;
  Wanted wanted;
};
constexpr WantedOption kWantedOptions[] = {
    {"missing", Wanted::missing}, {"failed", Wanted::failed}, {"all", Wanted::all}};

Result<Wanted> wanted_of(const ParsedOptions& options) {
  Wanted wanted = Wanted::unspecified;
  const char* first = nullptr;
  for (const WantedOption& option : kWantedOptions) {
    if (!options.has(option.name)) continue;
    if (first != nullptr)
      return usage_error(fmt::format("`--{}` and `--{}` exclude each other", first, option.name),
                         "a selection can join them: x@(missing or failed)");
    first = option.name;
    wanted = option.wanted;
  }
  return wanted;
}

Result<std::string> selection_of(const ParsedOptions& options, Wanted wanted) {
  std::vector<std::string> typed = options.positionals();
  const std::vector<std::string>& selected = options.values("select");
  typed.insert(typed.end(), selected.begin(), selected.end());
  if (typed.size() > 1)
    return usage_error("expected one selection, got " + std::to_string(typed.size()),
                       "join them with `or`: " + shell_quoted(join(typed, " or ")));
  if (typed.size() == 1) return typed[0];
  if (wanted != Wanted::unspecified) return std::string("*");
  return usage_error(
      "SELECTION is missing",
      "name an asset, as in `partita materialize orders`; `partita list` shows them");
}

}  // namespace

Result<MaterializeRequest> materialize_request(const ParsedOptions& options) {
  MaterializeRequest request;
  Result<Wanted> wanted = wanted_of(options);
  if (!wanted) return std::move(wanted).error();
  request.wanted = *wanted;
  Result<std::string> selection = selection_of(options, *wanted);
  if (!selection) return std::move(selection).error();
  request.selection = *std::move(selection);
  Result<std::int64_t> jobs = options.number("jobs", 0, 1);
  if (!jobs) return std::move(jobs).error();
  request.jobs = static_cast<int>(std::min(*jobs, kMostJobs));
  request.partition = options.value("partition");
  request.partition_range = options.value("partition-range");
  if (!request.partition.empty() && !request.partition_range.empty())
    return usage_error("`--partition` and `--partition-range` exclude each other");
  request.upstream_missing = options.has("upstream-missing");
  request.allow_missing_upstream = options.has("allow-missing-upstream");
  request.newest_first = options.value("order") == "newest";
  request.fail_fast = options.has("fail-fast");
  request.no_wait = options.has("no-wait");
  return request;
}

}  // namespace partita
