#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_id.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

Json json_of(const std::vector<Project::LogPiece>& pieces) {
  Json list = Json::array();
  for (const Project::LogPiece& piece : pieces) {
    list.push(Json::object()
                  .set("asset", piece.asset)
                  .set("key", piece.key)
                  .set("status", to_text(piece.status))
                  .set("text", piece.text));
  }
  return Json::object().set("logs", std::move(list));
}

// The text as it was printed; several are told apart by a line in front of each.
void print_piece(const Project::LogPiece& piece, bool with_heading, Output& output) {
  const Look& look = output.look();
  if (with_heading)
    output.print(look.paint(Tone::strong, "==> " + partition_name(piece.asset, piece.key)) + " " +
                 look.paint(tone_of(piece.status), to_text(piece.status)) + "\n");
  output.print(piece.text);
  if (!piece.text.empty() && piece.text.back() != '\n') output.print("\n");
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::int64_t> id = find_run(**project, options.positional(0));
  if (!id) return std::move(id).error();
  auto pieces = (*project)->logs(*id, options.positional(1));
  if (!pieces) return std::move(pieces).error();
  Output& output = invocation.output();
  if (output.json()) {
    output.print_json(json_of(*pieces));
    return kExitSuccess;
  }
  const bool one = pieces->size() == 1 && !options.positional(1).empty();
  for (const Project::LogPiece& piece : *pieces) print_piece(piece, !one, output);
  if (pieces->empty()) output.narrate("nothing was printed");
  return kExitSuccess;
}

}  // namespace

Command logs_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "logs";
  command.summary = "what the partitions of a run printed";
  command.positionals = {{"RUN", true}, {"ASSET@KEY"}};
  command.examples = {{"logs last", "of every partition of the newest run"},
                      {"logs 7 orders@2024-01-05", "of one partition, as it was printed"}};
  command.run = run;
  return command;
}

}  // namespace partita
