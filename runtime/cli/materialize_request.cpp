#include "cli/materialize_request.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/duration.hpp"

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

}  // namespace

Result<std::string> one_selection_of(std::vector<std::string> typed, const ParsedOptions& options,
                                     bool narrowed, const std::string& hint) {
  const std::vector<std::string>& selected = options.values("select");
  typed.insert(typed.end(), selected.begin(), selected.end());
  if (typed.size() > 1)
    return usage_error("expected one selection, got " + std::to_string(typed.size()),
                       "join them with `or`: " + shell_quoted(join(typed, " or ")));
  if (typed.size() == 1) return typed[0];
  if (narrowed) return std::string("*");
  return usage_error("SELECTION is missing", hint);
}

Status exclude_both_partition_options(const ParsedOptions& options) {
  if (options.value("partition").empty() || options.value("partition-range").empty()) return {};
  return usage_error("`--partition` and `--partition-range` exclude each other");
}

namespace {

// What ends a run before its plan is done.
Status read_stops(const ParsedOptions& options, MaterializeRequest& request) {
  if (options.has("fail-fast") && options.has("keep-going"))
    return usage_error("`--fail-fast` and `--keep-going` exclude each other");
  request.most_failures = options.has("fail-fast") ? 1 : 0;
  if (!options.value("keep-going").empty()) {
    Result<std::int64_t> most = options.number("keep-going", 0, 1);
    if (!most) return std::move(most).error();
    request.most_failures = *most;
  }
  if (!options.has("timeout")) return {};
  Result<double> seconds = parse_duration(options.value("timeout"));
  if (!seconds) return std::move(seconds).error().wrap("option `--timeout`");
  request.timeout = *seconds;
  return {};
}

// --max DIMENSION=N
Status read_caps(const ParsedOptions& options, MaterializeRequest& request) {
  for (const std::string& cap : options.values("max")) {
    const std::size_t equals = cap.rfind('=');
    int most = 0;
    const char* end = cap.data() + cap.size();
    const auto read = equals == std::string::npos
                          ? std::from_chars_result{nullptr, std::errc::invalid_argument}
                          : std::from_chars(cap.data() + equals + 1, end, most);
    if (equals == 0 || read.ec != std::errc() || read.ptr != end || most < 1)
      return usage_error(fmt::format("option `--max` does not take `{}`", cap),
                         "it takes DIMENSION=N: at most N partitions at once of each value of it");
    request.most_by_dimension[cap.substr(0, equals)] = most;
  }
  return {};
}

}  // namespace

std::vector<OptionSpec> selection_options() {
  return {{"select", 's', "SELECTION", "the same as the argument", true},
          {"partition", 0, "KEY", "one partition of every asset selected"},
          {"partition-range", 0, "A...B", "the partitions from A to B, both included"}};
}

std::vector<OptionSpec> what_options() {
  std::vector<OptionSpec> options = selection_options();
  const std::vector<OptionSpec> more = {
      {"missing", 0, "", "only partitions never materialized"},
      {"failed", 0, "", "only partitions whose last attempt failed"},
      {"stale", 0, "", "only partitions whose code or inputs have changed since"},
      {"all", 0, "", "all partitions, done or not"},
      {"upstream-missing", 0, "", "take along what is missing upstream"},
      {"allow-missing-upstream", 0, "", "run without what is missing upstream"}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

std::vector<OptionSpec> setting_options() {
  return {{"jobs", 'j', "N", "at most N partitions at once"},
          {"isolation", 0, "none|worker|partition",
           "where asset code runs: in this process, in worker processes, in a process for each "
           "partition"},
          {"config", 0, "NAME=VALUE", "a setting for assets; ASSET.NAME=VALUE for one", true}};
}

std::vector<OptionSpec> how_options() {
  std::vector<OptionSpec> options = setting_options();
  const std::vector<OptionSpec> more = {
      {"order", 0, "newest|oldest|listed",
       "which partitions go first; listed: as the selection names them"},
      {"max", 0, "DIMENSION=N",
       "at most N partitions at once that share a value of the dimension, as in region=2", true},
      {"fail-fast", 0, "", "start nothing more after the first failure"},
      {"keep-going", 0, "[=N]",
       "go on after failures, as without it; with N, start nothing more after N of them"},
      {"timeout", 0, "DURATION",
       "stop the run after that: 90s, 15m, 2h; what runs is told, and killed 5 s later"},
      {"no-wait", 0, "", "exit 6 at once if another run has to end first"},
      {"jsonl", 0, "", "print what happens as lines of JSON, `finished` once it is durable"}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

Result<MaterializeRequest> how_request(const ParsedOptions& options) {
  MaterializeRequest request;
  Result<std::int64_t> jobs = options.number("jobs", 0, 1);
  if (!jobs) return std::move(jobs).error();
  request.jobs = static_cast<int>(std::min(*jobs, kMostJobs));
  const std::string order = options.value("order");
  if (order == "newest") request.order = MaterializeRequest::Order::newest;
  if (order == "listed") request.order = MaterializeRequest::Order::listed;
  request.no_wait = options.has("no-wait");
  if (Status read = read_stops(options, request); !read) return std::move(read).error();
  if (Status read = read_caps(options, request); !read) return std::move(read).error();
  return request;
}

Result<MaterializeRequest> materialize_request(const ParsedOptions& options) {
  Result<MaterializeRequest> how = how_request(options);
  if (!how) return how;
  MaterializeRequest request = *std::move(how);
  if (Status taken = take_wanted(options, request); !taken) return std::move(taken).error();
  Result<std::string> selection = one_selection_of(
      options.positionals(), options, is_narrowed(request),
      "name an asset, as in `partita materialize orders`; `partita list` shows them");
  if (!selection) return std::move(selection).error();
  request.selection = *std::move(selection);
  request.partition = options.value("partition");
  request.partition_range = options.value("partition-range");
  if (Status one = exclude_both_partition_options(options); !one) return std::move(one).error();
  request.upstream_missing = options.has("upstream-missing");
  request.allow_missing_upstream = options.has("allow-missing-upstream");
  return request;
}

}  // namespace partita
