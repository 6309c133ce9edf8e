#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_id.hpp"

namespace partita {
namespace {

constexpr LastRun kUnderWay{"under way", [](const RunRow& run) { return run.result == "running"; }};

Result<int> run(Invocation& invocation) {
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::int64_t> id = find_run(**project, invocation.options().positional(0), kUnderWay);
  if (!id) return std::move(id).error();
  Result<CancelView> view = (*project)->cancel(*id);
  if (!view) return std::move(view).error();
  invocation.output().answer(
      [&] { return Json::object().set("run", view->run).set("pid", view->pid); },
      [&] {
        return fmt::format("asked process {} to stop run {}: it starts nothing more\n", view->pid,
                           view->run);
      });
  return kExitSuccess;
}

}  // namespace

Command cancel_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "cancel";
  command.summary = "ask the process of a run to stop it";
  command.description =
      "As the first Ctrl-C there does: nothing more is started, what runs is finished or sees that "
      "it is cancelled, and the run can be resumed. It is asked, and not waited for.";
  command.positionals = {{"RUN", true}};
  command.examples = {{"cancel last", "the newest run"}};
  command.run = run;
  return command;
}

}  // namespace partita
