#include "cli/commands.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
#include "cli/plan_place.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Result<MaterializeRequest> how = how_request(invocation.options());
  if (!how) return std::move(how).error();
  Result<std::string> plan = read_plan(invocation.options().positional(0));
  if (!plan) return std::move(plan).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  const Interrupts interrupts;
  const Begin begin = [&](const MaterializeRequest& request, RunListener& listener) {
    return (*project)->apply(*plan, request, listener);
  };
  return materialize_and_tell(*std::move(how), begin, invocation, interrupts);
}

}  // namespace

Command apply_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "apply";
  command.summary = "run a plan that `plan -o` froze";
  command.description =
      "Runs just the partitions of the plan, as of its time. Refused with exit code 5, saying "
      "what moved, if the code of its assets is another, or if the same request would come to "
      "other partitions now.";
  command.positionals = {{"FILE", true}};
  command.options = how_options();
  command.examples = {{"apply monday.plan", "run it"}};
  command.run = run;
  return command;
}

}  // namespace partita
