#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupts.hpp"
#include "cli/run_events.hpp"
#include "cli/run_id.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

Json json_of(std::int64_t run, const std::vector<Project::LogPiece>& pieces) {
  Json list = Json::array();
  for (const Project::LogPiece& piece : pieces) {
    list.push(Json::object()
                  .set("asset", piece.asset)
                  .set("key", piece.key)
                  .set("status", to_text(piece.status))
                  .set("attempt", piece.attempt)
                  .set("text", piece.text));
  }
  return Json::object().set("run", run).set("logs", std::move(list));
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

void print_events(const Project::LogPiece& piece, Output& output) {
  std::string_view text = piece.text;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return;
  for (const std::string& line : split(text, '\n'))
    output.print(printed_event({0, piece.asset, piece.key}, line));
}

void tell_running(std::int64_t run, const std::string& partition,
                  const std::vector<Project::LogPiece>& pieces, Output& output) {
  std::vector<const Project::LogPiece*> running;
  for (const Project::LogPiece& piece : pieces) {
    if (piece.status == DisplayStatus::running) running.push_back(&piece);
  }
  if (running.empty()) return;
  const auto count = static_cast<std::int64_t>(running.size());
  const std::string who =
      count == 1 ? partition_name(running.front()->asset, running.front()->key) + " runs now"
                 : count_of(count, "partition") + " run now";
  const std::string what = count == 1 && running.front()->text.empty()
                               ? "it has printed nothing so far"
                               : "that was printed so far";
  const std::string of = partition.empty() ? "" : " " + shell_quoted(partition);
  output.narrate(fmt::format("{}: {}; to follow:\n  partita logs {}{} -f", who, what, run, of));
}

// Lines of several partitions come as they are printed, so each says whose it is.
Result<int> follow(Project& project, std::int64_t run, const std::string& partition, bool as_events,
                   Output& output) {
  const Interrupts interrupts;
  const bool one = partition.find('@') != std::string::npos;
  if (Status flushed = output.flush(); !flushed) return std::move(flushed).error();
  Status lost;
  Status followed = project.follow_logs(
      run, partition,
      [&](const Project::LogLine& line) {
        const std::string whose = partition_name(line.asset, line.key) + "  ";
        output.print(as_events ? printed_event({0, line.asset, line.key}, line.text)
                               : (one ? "" : output.look().paint(Tone::faint, whose)) +
                                     std::string(line.text) + "\n");
        lost = output.flush();
      },
      interrupts.count());
  if (!followed) return std::move(followed).error();
  if (!lost) return std::move(lost).error();
  return interrupts.count() > 0 ? exit_code_of_signal(interrupts.last_signal()) : kExitSuccess;
}

// Of a batch that ended as a whole, one partition has what it printed.
void tell_nothing(std::int64_t run, const Project::LogPiece& piece, bool numbered, Output& output) {
  if (!piece.text.empty() || piece.status == DisplayStatus::running) return;
  if (piece.with_key.empty()) return output.narrate("nothing was printed");
  const std::string attempt = numbered ? fmt::format(" --attempt {}", piece.attempt) : "";
  output.narrate(
      fmt::format("what its batch printed is kept with another of it:\n  partita logs {} {}{}", run,
                  shell_quoted(partition_name(piece.asset, piece.with_key)), attempt));
}

Status check_attempt(const ParsedOptions& options) {
  if (!options.has("attempt")) return {};
  if (options.has("follow"))
    return usage_error(
        "`--attempt` is of what has ended, and `--follow` of what runs: they exclude each other");
  if (options.positional(1).empty())
    return usage_error("`--attempt` goes with one partition",
                       fmt::format("partita logs {} ASSET@KEY --attempt {}", options.positional(0),
                                   options.value("attempt")));
  return {};
}

Result<std::vector<Project::LogPiece>> pieces_for(Project& project, std::int64_t run,
                                                  const ParsedOptions& options) {
  Result<std::int64_t> attempt = options.number("attempt", 0, 1);
  if (!attempt) return std::move(attempt).error();
  const std::string& partition = options.positional(1);
  if (*attempt > 0) return project.logs_of_attempt(run, partition, static_cast<int>(*attempt));
  // What runs is told by who follows it.
  return project.logs(
      run, partition,
      options.has("follow") ? Project::LogsOf::ended : Project::LogsOf::ended_and_running);
}

Status check_options(const ParsedOptions& options, bool json) {
  if (Status fits = check_attempt(options); !fits) return fits;
  if (!json || !options.has("follow") || options.has("jsonl")) return {};
  const std::string of =
      options.positional(1).empty() ? "" : " " + shell_quoted(options.positional(1));
  return usage_error("`--json` prints one value, and `--follow` goes on: they exclude each other",
                     fmt::format("partita logs {}{} -f --jsonl", options.positional(0), of));
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  Output& output = invocation.output();
  if (Status valid = check_options(options, output.json()); !valid) return std::move(valid).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::int64_t> id = find_run(**project, options.positional(0));
  if (!id) return std::move(id).error();
  Result<std::vector<Project::LogPiece>> pieces = pieces_for(**project, *id, options);
  const bool not_yet = !pieces && pieces.error().code == ErrorCode::not_found;
  if (not_yet && options.has("follow")) pieces = std::vector<Project::LogPiece>();
  if (!pieces) return std::move(pieces).error();
  const bool as_events = options.has("jsonl");
  if (output.json() && !as_events) {
    output.print_json(json_of(*id, *pieces));
    return kExitSuccess;
  }
  const bool one = pieces->size() == 1 && !options.positional(1).empty();
  for (const Project::LogPiece& piece : *pieces)
    as_events ? print_events(piece, output) : print_piece(piece, !one, output);
  if (options.has("follow"))
    return follow(**project, *id, options.positional(1), as_events, output);
  if (pieces->empty()) output.narrate("nothing was printed");
  if (one) tell_nothing(*id, pieces->front(), options.has("attempt"), output);
  tell_running(*id, options.positional(1), *pieces, output);
  return kExitSuccess;
}

}  // namespace

Command logs_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "logs";
  command.summary = "what the partitions of a run printed";
  command.description =
      "What is printed is kept with the partition when it has ended; of one that runs now it is "
      "what it has printed so far, in whole lines. Of a partition that was attempted again it is "
      "what "
      "the last attempt printed; --attempt N is an earlier one. With --follow, of a run that goes "
      "on, that and "
      "then each line as it is printed, until the run has ended.";
  command.positionals = {{"RUN", true}, {"ASSET@KEY"}};
  command.options = {{"attempt", 0, "N", "of a partition, what the Nth attempt of the run printed"},
                     {"follow", 'f', "", "go on until the run has ended"},
                     {"jsonl", 0, "", "each line as a line of JSON: its asset, its key, the line"}};
  command.examples = {{"logs last", "of every partition of the newest run"},
                      {"logs 7 orders@2024-01-05", "of one partition, as it was printed"},
                      {"logs 7 orders@2024-01-05 --attempt 1", "before it was attempted again"},
                      {"logs last -f", "of the run that goes on, line by line"},
                      {"logs last -f --jsonl", "the same, for a program"}};
  command.run = run;
  return command;
}

}  // namespace partita
