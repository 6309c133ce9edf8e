#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_id.hpp"
#include "cli/run_text.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::size_t kMostOutputs = 5;

// What the first failed partitions printed.
Result<std::vector<PrintedOutput>> outputs_of(Project& project, const RunView& view) {
  std::vector<PrintedOutput> outputs;
  for (const AttemptView& attempt : view.partitions) {
    if (attempt.status != DisplayStatus::failed || outputs.size() >= kMostOutputs) continue;
    auto pieces = project.logs(view.row.run, partition_name(attempt.asset, attempt.key));
    if (!pieces) return std::move(pieces).error();
    for (const Project::LogPiece& piece : *pieces)
      outputs.push_back({attempt.asset, attempt.key, piece.text});
  }
  return outputs;
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<std::int64_t> limit = options.number("limit", kDefaultLimit, 0);
  if (!limit) return std::move(limit).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::int64_t> id = find_run(**project, options.positional(0));
  if (!id) return std::move(id).error();
  Result<RunView> view = (*project)->run(*id, *limit, options.has("failed"));
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(to_json(*view));
    return kExitSuccess;
  }
  Result<std::vector<PrintedOutput>> outputs = outputs_of(**project, *view);
  if (!outputs) return std::move(outputs).error();
  output.print(run_text(
      *view, {options.has("failed"), *std::move(outputs), static_cast<std::size_t>(*limit)},
      output.look()));
  return kExitSuccess;
}

}  // namespace

Command run_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "run";
  command.summary = "one run: what failed, with errors, backtraces and output";
  command.positionals = {{"RUN", true}};
  command.options = {
      {"failed", 0, "", "only the partitions that failed"},
      {"limit", 'n', "N", "at most N partitions, and lines of the plan, by default 50; 0 for all"}};
  command.examples = {{"run last", "the newest run"}, {"run 7 --failed", "what failed in run 7"}};
  command.run = run;
  return command;
}

}  // namespace partita
