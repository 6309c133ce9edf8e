#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
#include "cli/plan_place.hpp"
#include "service/plan_file.hpp"
#include "service/run_options.hpp"

namespace partita {
namespace {

// What makes the plan anew, of the same request and in the same place.
std::string plan_again(const PlanFile& plan, const std::string& file) {
  std::string line = "partita plan " + shell_quoted(plan.request.selection);
  for (const std::string& option : options_of(plan.request, {})) line += " " + shell_quoted(option);
  return fmt::format("`{} -o {}` makes it anew; --as-of {} keeps its time", line,
                     shell_quoted(file), format_instant(plan.as_of));
}

Error with_hint(Error error, const std::string& plan, const std::string& file) {
  if (error.code != ErrorCode::plan_moved || !error.hint.empty()) return error;
  if (const Result<PlanFile> frozen = read_plan_file(plan)) error.hint = plan_again(*frozen, file);
  return error;
}

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
  Result<int> code = materialize_and_tell(*std::move(how), begin, invocation, interrupts);
  if (code) return code;
  return with_hint(std::move(code).error(), *plan, invocation.options().positional(0));
}

}  // namespace

Command apply_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "apply";
  command.summary = "run a plan that `plan -o` froze";
  command.description =
      "Runs just the partitions of the plan, as of its time. Refused with exit code 5, saying "
      "what moved, if the code of its assets is another or they are configured otherwise, or if "
      "the "
      "same request would come to other partitions now. A --config given here goes before what the "
      "plan had.";
  command.positionals = {{"FILE", true}};
  command.options = how_options();
  command.examples = {{"apply monday.plan", "run it"}};
  command.run = run;
  return command;
}

}  // namespace partita
