#include "cli/materialize_request.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

constexpr std::int64_t kMostJobs = 4096;

Status take_wanted(const ParsedOptions& options, MaterializeRequest& request) {
  request.missing = options.has("missing");
  request.failed = options.has("failed");
  request.stale = options.has("stale");
  request.all = options.has("all");
  if (request.all && (request.missing || request.failed || request.stale))
    return usage_error("`--all` takes every partition: it excludes --missing, --failed, --stale");
  return {};
}

bool is_narrowed(const MaterializeRequest& request) {
  return request.missing || request.failed || request.stale || request.all;
}

Result<std::string> selection_of(const ParsedOptions& options, bool narrowed) {
  std::vector<std::string> typed = options.positionals();
  const std::vector<std::string>& selected = options.values("select");
  typed.insert(typed.end(), selected.begin(), selected.end());
  if (typed.size() > 1)
    return usage_error("expected one selection, got " + std::to_string(typed.size()),
                       "join them with `or`: " + shell_quoted(join(typed, " or ")));
  if (typed.size() == 1) return typed[0];
  if (narrowed) return std::string("*");
  return usage_error(
      "SELECTION is missing",
      "name an asset, as in `partita materialize orders`; `partita list` shows them");
}

}  // namespace

Result<MaterializeRequest> materialize_request(const ParsedOptions& options) {
  MaterializeRequest request;
  if (Status taken = take_wanted(options, request); !taken) return std::move(taken).error();
  Result<std::string> selection = selection_of(options, is_narrowed(request));
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
