#include "cli/commands.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/materialize_request.hpp"
#include "cli/run_id.hpp"

namespace partita {
namespace {

using Verb = Result<MaterializeView> (Project::*)(std::int64_t, const MaterializeRequest&,
                                                  RunListener&);

bool has_materialized(const RunRow& run) {
  return run.kind == "materialize";
}
bool is_left_unfinished(const RunRow& run) {
  return run.result == "interrupted" || run.result == "cancelled";
}

constexpr LastRun kRetried{"to retry", &has_materialized};
constexpr LastRun kResumed{"to resume", &has_materialized, "resume", &is_left_unfinished};

Result<int> take_up(Invocation& invocation, Verb verb, const LastRun& last) {
  Result<MaterializeRequest> how = how_request(invocation.options());
  if (!how) return std::move(how).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Result<std::int64_t> id = find_run(**project, invocation.options().positional(0), last);
  if (!id) return std::move(id).error();
  const Interrupts interrupts;
  const Begin begin = [&](const MaterializeRequest& request, RunListener& listener) {
    return ((*project)->*verb)(*id, request, listener);
  };
  return materialize_and_tell(*std::move(how), begin, invocation, interrupts);
}

Result<int> run_retry(Invocation& invocation) {
  return take_up(invocation, &Project::retry, kRetried);
}

Result<int> run_resume(Invocation& invocation) {
  return take_up(invocation, &Project::resume, kResumed);
}

}  // namespace

Command retry_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "retry";
  command.summary = "run again what of a run did not succeed";
  command.description =
      "What failed, was held back or was cancelled in the plan of that run: the same partitions "
      "and the same time, with today's code and [config], and the --config that it had. What a "
      "later run has made since is left alone; so is an asset that no definition has any more.";
  command.positionals = {{"RUN", true}};
  command.options = how_options();
  command.examples = {{"retry last", "once the cause is mended"}, {"retry 7 -j 2", "more slowly"}};
  command.run = run_retry;
  return command;
}

Command resume_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "resume";
  command.summary = "go on with a run that was interrupted or stopped";
  command.description =
      "Runs what the run did not come to: the same partitions and the same time, with the code "
      "and the [config] it began with. What has come to an end in it is not run again; "
      "`partita retry` takes up what failed.";
  command.positionals = {{"RUN", true}};
  command.options = how_options();
  command.examples = {{"resume last", "after a crash of the host, or Ctrl-C"}};
  command.run = run_resume;
  return command;
}

}  // namespace partita
