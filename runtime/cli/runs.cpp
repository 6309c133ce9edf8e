#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/runs_text.hpp"

namespace partita {
namespace {

constexpr std::int64_t kDefaultLimit = 20;

Json json_of(const std::vector<RunRow>& runs) {
  Json list = Json::array();
  for (const RunRow& run : runs) list.push(to_json(run));
  return Json::object().set("runs", std::move(list));
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<std::int64_t> limit = options.number("limit", kDefaultLimit, 1);
  if (!limit) return std::move(limit).error();
  Result<std::int64_t> before = options.number("before", 0, 1);
  if (!before) return std::move(before).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::vector<RunRow>> runs = (*project)->runs(*limit, *before);
  if (!runs) return std::move(runs).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(json_of(*runs));
    return kExitSuccess;
  }
  output.print(runs_text(*runs, output.look(), 0));
  if (runs->empty()) output.narrate("no runs yet; start one: partita materialize ...");
  if (static_cast<std::int64_t>(runs->size()) == *limit && runs->back().run > 1)
    output.narrate(
        fmt::format("earlier ones: partita runs --limit {} --before {}", *limit, runs->back().run));
  return kExitSuccess;
}

}  // namespace

Command runs_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "runs";
  command.summary = "the runs so far, newest first";
  command.options = {{"limit", 'n', "N", "at most N, by default 20"},
                     {"before", 0, "RUN", "those before a run"}};
  command.examples = {{"runs", "the last twenty"}};
  command.run = run;
  return command;
}

}  // namespace partita
