#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain_text.hpp"

namespace partita {
namespace {

constexpr std::int64_t kDefaultAttempts = 10;

Result<int> run(Invocation& invocation) {
  Result<std::int64_t> most = invocation.options().number("attempts", kDefaultAttempts, 0);
  if (!most) return std::move(most).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<ExplainView> view = (*project)->explain(invocation.options().positional(0), *most);
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*view); }, [&] { return explain_text(*view, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command explain_command() {
  Command command;
  command.section = Command::Section::look;
  command.name = "explain";
  command.summary = "why a partition is missing, stale, failed or fresh";
  command.description =
      "Its status, what makes it stale as old -> new, what it is made of and what became of that "
      "since, the attempts at it, what the last failure printed, and the command to type next.";
  command.positionals = {{"ASSET@KEY", true}};
  command.options = {{"attempts", 0, "N", "at most N attempts, by default 10; 0 for all"}};
  command.examples = {{"explain orders@2024-01-01", "a partition"},
                      {"explain report", "an asset that is not partitioned"}};
  command.run = run;
  return command;
}

}  // namespace partita
