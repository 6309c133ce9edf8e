#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/orphaned_text.hpp"
#include "cli/partitions_text.hpp"

namespace partita {
namespace {

constexpr std::int64_t kDefaultLimit = 50;

Result<PartitionsRequest> request_of(const ParsedOptions& options) {
  PartitionsRequest request;
  request.asset = options.positional(0);
  request.selection = options.positional(1);
  request.cursor = options.value("cursor");
  // `orders@2024..` says the same as `orders 2024..`
  if (const std::size_t at = request.asset.find('@'); at != std::string::npos) {
    if (!request.selection.empty())
      return usage_error("partitions are given twice: after `@` and after the asset");
    request.selection = request.asset.substr(at + 1);
    request.asset.resize(at);
  }
  Result<std::int64_t> limit = options.number("limit", kDefaultLimit, 0);
  if (!limit) return std::move(limit).error();
  request.limit = *limit;
  request.orphans = options.has("orphans");
  if (!options.has("status")) return request;
  // Not a status of its own, but asked for like one.
  if (options.value("status") == "stale") {
    request.selection =
        request.selection.empty() ? "stale" : fmt::format("({}) and stale", request.selection);
    return request;
  }
  Result<DisplayStatus> status = parse_display_status(options.value("status"));
  if (!status) return std::move(status).error();
  request.status = *status;
  return request;
}

std::string next_page_text(const PartitionsRequest& request, const PartitionsView& view,
                           const std::string& as_of) {
  std::string line = fmt::format("partita partitions {}", shell_quoted(request.asset));
  if (!request.selection.empty()) line += " " + shell_quoted(request.selection);
  if (request.status) line += fmt::format(" --status {}", to_text(*request.status));
  if (request.limit != kDefaultLimit) line += fmt::format(" --limit {}", request.limit);
  if (!as_of.empty()) line += " --as-of " + shell_quoted(as_of);
  return line + " --cursor " + shell_quoted(view.cursor);
}

std::string nothing_text(const PartitionsRequest& request, const PartitionsView& view) {
  if (request.orphans && !view.orphaned && !request.status)
    return fmt::format("the definition of `{}` has all that is known of it", view.asset);
  if (request.selection.empty() && !request.status && request.cursor.empty())
    return fmt::format("`{}` has no partitions yet", view.asset);
  return "no partitions match";
}

void print_for_people(const PartitionsRequest& request, const PartitionsView& view,
                      const std::string& as_of, Output& output) {
  output.print(partitions_text(view, output.look()));
  if (view.orphaned) output.narrate(orphaned_notice(view.asset));
  const auto shown = static_cast<std::int64_t>(view.partitions.size());
  if (view.cursor.empty()) {
    if (view.count == 0) output.narrate(nothing_text(request, view));
    if (view.count > shown)
      output.narrate(fmt::format("{} of {}; --limit 0 shows all", with_thousands(shown),
                                 with_thousands(view.count)));
    return;
  }
  output.narrate(fmt::format("{} of {}; to go on:\n  {}", with_thousands(shown),
                             count_of(view.count, "partition"),
                             next_page_text(request, view, as_of)));
}

Result<int> run(Invocation& invocation) {
  Result<PartitionsRequest> request = request_of(invocation.options());
  if (!request) return std::move(request).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<PartitionsView> view = (*project)->partitions(*request);
  if (!view) return std::move(view).error();
  if (invocation.output().json()) {
    invocation.output().print_json(to_json(*view));
  } else {
    print_for_people(*request, *view, invocation.options().value("as-of"), invocation.output());
  }
  return kExitSuccess;
}

}  // namespace

Command partitions_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "partitions";
  command.summary = "an asset's partitions: key, window, status and why";
  command.description =
      "SELECTION is what stands after `@` in a selection: a key, a range A..B, {A,B}, latest, "
      "missing, failed, stale.\n"
      "Statuses are running, queued, failed, materialized, upstream_failed (held back by a failure "
      "upstream), skipped, cancelled and missing; `stale` finds what is materialized and stale.\n"
      "Of an asset that no definition has any more it shows what was attempted.";
  command.positionals = {{"ASSET", true}, {"SELECTION"}};
  command.options = {
      {"status", 0, "STATUS",
       "only those in this status: materialized, failed, missing, running, queued, ..."},
      {"limit", 'n', "N", "at most N, by default 50; 0 for all"},
      {"cursor", 0, "CURSOR", "go on where the page before ended"},
      {"orphans", 0, "", "what was attempted and the definition no longer has"},
  };
  command.examples = {{"partitions orders --status failed", "what failed, and why"},
                      {"partitions orders 2024-01-01..2024-03-01", "a range"},
                      {"partitions orders latest-6..", "the last seven"},
                      {"partitions orders --orphans", "kept from earlier definitions"}};
  command.run = run;
  return command;
}

}  // namespace partita
