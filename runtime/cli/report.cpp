#include <fmt/format.h>

#include <iostream>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/dynamic_lines.hpp"
#include "cli/exit_code.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

Result<ReportRequest> request_of(const ParsedOptions& options) {
  ReportRequest request;
  request.asset = options.positional(0);
  DynamicAddition lines;
  const std::vector<std::string>& words = options.positionals();
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "-") {
      lines.keys.push_back(words[i]);
    } else if (Status read = read_key_lines(std::cin, KeyLines::plain, lines); !read) {
      return std::move(read).error();
    }
  }
  request.keys = std::move(lines.keys);
  request.data_version = options.value("data-version");
  Result<Json> metadata = metadata_of_options(options.values("metadata"));
  if (!metadata) return std::move(metadata).error();
  request.metadata = *std::move(metadata);
  return request;
}

std::string report_text(const ReportView& view) {
  const std::string what = view.partitions.empty()
                               ? "materialized"
                               : count_of(view.count, "partition") + " materialized";
  return fmt::format("{}: {}, recorded as run {}\n", view.asset, what, view.run);
}

Result<int> run(Invocation& invocation) {
  Result<ReportRequest> request = request_of(invocation.options());
  if (!request) return std::move(request).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<ReportView> view = (*project)->report(*request);
  if (!view) return std::move(view).error();
  invocation.output().answer([&] { return to_json(*view); }, [&] { return report_text(*view); });
  return kExitSuccess;
}

}  // namespace

Command report_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "report";
  command.summary = "record a materialization that was done elsewhere";
  command.description =
      "For partitions that another program made, or that were made by hand: they count as "
      "materialized, and nothing is run. It is recorded as a run of its own, at once, also while "
      "another run lasts. What is reported has no output directory, and what made it is not known: "
      "once its asset's code version changes, it is neither fresh nor stale but unknown. FROM..TO "
      "is "
      "a range of keys, both ends included. Of keys "
      "that are not all known none is recorded.";
  command.positionals = {{"ASSET", true}, {"KEY", false, true}};
  command.options = {
      {"data-version", 0, "TEXT",
       "what tells this data from other data; unless given, it is unlike any other"},
      {"metadata", 'm', "NAME=VALUE", "kept with each of the materializations", true}};
  command.examples = {{"report exports 2024-01-01 2024-01-02 -m rows=120", "two partitions"},
                      {"report exports 2024-01-01..2024-01-31", "a range of them"},
                      {"report exports - < done.txt", "a key a line"},
                      {"report model --data-version v7", "an asset that is not partitioned"}};
  command.run = run;
  return command;
}

}  // namespace partita
