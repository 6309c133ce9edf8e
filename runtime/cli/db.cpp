#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "service/upkeep.hpp"

namespace partita {
namespace {

std::string summary_of(const StoreView& view) {
  return fmt::format("{}: {}, {} bytes", view.file, count_of(view.events, "event"),
                     with_thousands(view.bytes));
}

int answer(const StoreView& view, const std::string& text, Output& output) {
  output.answer([&] { return to_json(view); }, [&] { return text + "\n"; });
  return kExitSuccess;
}

std::string problems_of(const StoreView& view) {
  std::string text =
      view.damaged ? fmt::format("{}: {} bytes, damaged", view.file, with_thousands(view.bytes))
                   : summary_of(view);
  for (const std::string& problem : view.problems) text += "\n  " + printable_line(problem);
  return text;
}

void tell_what_helps(const StoreView& view, Output& output) {
  if (!view.damaged)
    return output.narrate("`partita db rebuild` makes the tables anew from the event log");
  output.narrate(
      "To go back to a backup, remove the store and the -wal and -shm files beside it while "
      "nothing\n"
      "runs, and put the backup in its place. Without one, move the three away: the next command\n"
      "starts anew. Outputs stay where they are, and `partita report` records partitions as made.");
}

Result<int> check(const ProjectOptions& options, Output& output) {
  Result<StoreView> view = Upkeep::check(options);
  if (!view) return std::move(view).error();
  if (view->problems.empty()) return answer(*view, summary_of(*view) + ", sound", output);
  answer(*view, problems_of(*view), output);
  tell_what_helps(*view, output);
  return kExitFailed;
}

Result<int> rebuild(Upkeep& upkeep, Output& output) {
  Result<StoreView> view = upkeep.rebuild();
  if (!view) return std::move(view).error();
  return answer(*view, summary_of(*view) + ", rebuilt", output);
}

Result<int> compact(Upkeep& upkeep, Output& output) {
  Result<StoreView> view = upkeep.compact();
  if (!view) return std::move(view).error();
  return answer(*view, summary_of(*view), output);
}

Result<int> backup(Upkeep& upkeep, const std::string& file, Output& output) {
  if (Status done = upkeep.backup(file); !done) return std::move(done).error();
  output.answer([&] { return Json::object().set("backup", file); },
                [&] { return "wrote " + file + "\n"; });
  return kExitSuccess;
}

Result<int> run(Invocation& invocation) {
  static const std::vector<std::string> verbs = {"check", "rebuild", "compact", "backup"};
  const std::string verb = invocation.options().positional(0);
  const std::string file = invocation.options().positional(1);
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) {
    std::string hint = did_you_mean(verb, verbs);
    return usage_error(fmt::format("unknown verb `{}`", verb),
                       hint.empty() ? "it is check, rebuild, compact or backup" : std::move(hint));
  }
  if ((verb == "backup") == file.empty())
    return usage_error(file.empty() ? "FILE is missing"
                                    : fmt::format("unexpected argument `{}`", file));
  ProjectOptions options;
  options.directory = invocation.options().value("project");
  Output& output = invocation.output();
  if (verb == "check") return check(options, output);
  Result<std::unique_ptr<Upkeep>> upkeep = Upkeep::open(options);
  if (!upkeep) return std::move(upkeep).error();
  if (verb == "rebuild") return rebuild(**upkeep, output);
  if (verb == "compact") return compact(**upkeep, output);
  return backup(**upkeep, file, output);
}

}  // namespace

Command db_command() {
  Command command;
  command.section = Command::Section::shell;
  command.name = "db";
  command.summary = "the store's health: check, rebuild, compact, backup";
  command.description =
      "`check` looks for damage to the file and for tables that do not follow from the event log "
      "(exit 1 if there is any). `rebuild` makes those tables anew. `compact` gives unused room "
      "back. `backup` writes a consistent copy to FILE, also while a run goes on. To go back to "
      "it, remove the store and the -wal and -shm files beside it while nothing runs, and put the "
      "copy in its place. Where the file itself is damaged only that helps: `rebuild` needs an "
      "event "
      "log that can be read.";
  command.positionals = {{"check|rebuild|compact|backup", true}, {"FILE"}};
  command.examples = {{"db check", "whether everything is as it should be"},
                      {"db backup before-upgrade.db", "a copy of everything"}};
  command.run = run;
  return command;
}

}  // namespace partita
