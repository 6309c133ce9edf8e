#include "cli/plan.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_request.hpp"
#include "cli/materialize_text.hpp"
#include "cli/notices.hpp"
#include "cli/plan_place.hpp"

namespace partita {

Result<int> show_plan(Project& project, const MaterializeRequest& request, Invocation& invocation) {
  Result<FrozenPlan> frozen = project.freeze(request);
  if (!frozen) return std::move(frozen).error();
  const PlanView& plan = frozen->view;
  Output& output = invocation.output();
  const std::string file = invocation.options().value("output");
  if (file == "-") {
    output.print(frozen->text);
    for (const ProblemView& problem : plan.problems) output.warn(problem_text(problem));
  } else {
    if (!file.empty()) {
      if (Status written = write_plan(file, frozen->text); !written)
        return std::move(written).error();
    }
    output.answer([&] { return to_json(plan); }, [&] { return plan_text(plan, output.look()); });
    if (!file.empty())
      output.narrate(fmt::format("plan {} is in {}; to run it:\n  partita apply {}", plan.id, file,
                                 shell_quoted(file)));
  }
  const bool needed = plan.count() > 0 || !plan.blocked.empty();
  return needed && invocation.options().has("exit-code") ? kExitWorkNeeded : kExitSuccess;
}

namespace {

Result<int> run(Invocation& invocation) {
  Result<MaterializeRequest> request = materialize_request(invocation.options());
  if (!request) return std::move(request).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  return show_plan(**project, *request, invocation);
}

}  // namespace

Command plan_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "plan";
  command.summary = "what would run, with reasons, and what is held back";
  command.description =
      "The exact partitions with the reason for each, and what cannot run and why. With -o the "
      "plan is frozen in a file: its keys, its time, the code. `partita apply FILE` runs it "
      "later, and refuses with exit code 5 if what it rests on has moved.";
  command.positionals = {one_selection()};
  command.options = what_options();
  command.options.push_back({"output", 'o', "FILE", "freeze it there; - for standard output"});
  command.options.push_back({"exit-code", 0, "", "exit 4 if there is work, or some is held back"});
  command.examples = {{"plan '+report' --missing", "what a report lacks"},
                      {"plan --stale -o monday.plan", "what is stale, to look at and apply"}};
  command.run = run;
  return command;
}

}  // namespace partita
