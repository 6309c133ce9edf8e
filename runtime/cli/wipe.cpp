#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <iostream>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/wipe_text.hpp"

namespace partita {
namespace {

constexpr const char* kOthers[] = {"undo", "list", "purge"};

Status check_options(const ParsedOptions& options) {
  const char* first = nullptr;
  for (const char* other : kOthers) {
    if (!options.has(other)) continue;
    if (first != nullptr)
      return usage_error(fmt::format("`--{}` and `--{}` exclude each other", first, other));
    first = other;
  }
  if (first == nullptr) return {};
  for (const char* name : {"dry-run", "orphans"}) {
    if (options.has(name))
      return usage_error(fmt::format("`--{}` does not go with `--{}`", name, first));
  }
  return {};
}

Result<std::int64_t> wipe_of(const ParsedOptions& options) {
  const std::string typed = options.positional(0);
  if (typed.empty()) return 0;
  std::int64_t wipe = 0;
  const auto read = std::from_chars(typed.data(), typed.data() + typed.size(), wipe);
  if (read.ec == std::errc() && read.ptr == typed.data() + typed.size() && wipe > 0) return wipe;
  return usage_error(fmt::format("`{}` is not the number of a wipe", typed), "partita wipe --list");
}

WipeRequest request_of(Invocation& invocation) {
  WipeRequest request;
  const ParsedOptions& options = invocation.options();
  request.selection = options.positional(0);
  request.orphans = options.has("orphans");
  request.patience = invocation.patience();
  return request;
}

// Whether the person who is asked says yes.
Result<bool> confirmed(const WipeView& view, Output& output) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) {
    return usage_error("wipe: nobody can be asked whether that is meant",
                       "--yes says so; --dry-run shows what would be forgotten");
  }
  output.write_narration(wipe_text(view, output.narration_look()));
  output.write_narration("forget them? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<int> wipe(Project& project, const WipeRequest& request, Invocation& invocation) {
  Output& output = invocation.output();
  const ParsedOptions& options = invocation.options();
  if (request.selection.empty()) {
    return usage_error("SELECTION is missing",
                       "name partitions, as in `partita wipe orders@latest`");
  }
  const auto show = [&](const WipeView& view) {
    output.answer([&] { return to_json(view); }, [&] { return wipe_text(view, output.look()); });
    return kExitSuccess;
  };
  if (options.has("dry-run") || !options.has("yes")) {
    Result<WipeView> view = project.plan_wipe(request);
    if (!view) return std::move(view).error();
    if (options.has("dry-run") || view->assets.empty()) return show(*view);
    Result<bool> meant = confirmed(*view, output);
    if (!meant) return std::move(meant).error();
    if (!*meant) return usage_error("wipe: it was not confirmed, nothing was changed");
  }
  Result<WipeView> view = project.wipe(request);
  if (!view) return std::move(view).error();
  return show(*view);
}

Result<int> undo(Project& project, const WipeRequest& request, Invocation& invocation) {
  Result<std::int64_t> number = wipe_of(invocation.options());
  if (!number) return std::move(number).error();
  Result<UndoneWipeView> view = project.undo_wipe(*number, request);
  if (!view) return std::move(view).error();
  Output& output = invocation.output();
  output.answer([&] { return to_json(*view); },
                [&] { return undone_wipe_text(*view, output.look()); });
  return view->refused.empty() ? kExitSuccess : kExitFailed;
}

Result<int> list(Project& project, Output& output) {
  Result<std::vector<WipeRow>> wipes = project.wipes();
  if (!wipes) return std::move(wipes).error();
  if (!output.json()) {
    output.print(wipes_text(*wipes, output.look()));
    if (wipes->empty()) output.narrate("nothing was wiped yet");
    return kExitSuccess;
  }
  Json rows = Json::array();
  for (const WipeRow& wipe : *wipes) rows.push(to_json(wipe));
  output.print_json(Json::object().set("wipes", std::move(rows)));
  return kExitSuccess;
}

Result<int> purge(Project& project, const WipeRequest& request, Invocation& invocation) {
  Result<std::int64_t> number = wipe_of(invocation.options());
  if (!number) return std::move(number).error();
  Result<std::vector<std::int64_t>> purged = project.purge_wipes(*number, request);
  if (!purged) return std::move(purged).error();
  Json wipes = Json::array();
  for (const std::int64_t wipe : *purged) wipes.push(wipe);
  const auto count = static_cast<std::int64_t>(purged->size());
  invocation.output().answer(
      [&] { return Json::object().set("purged", std::move(wipes)); },
      [&] { return fmt::format("removed the outputs of {}\n", count_of(count, "wipe")); });
  return kExitSuccess;
}

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  if (Status valid = check_options(options); !valid) return std::move(valid).error();
  const WipeRequest request = request_of(invocation);
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  if (options.has("list")) return list(**project, invocation.output());
  if (options.has("undo")) return undo(**project, request, invocation);
  if (options.has("purge")) return purge(**project, request, invocation);
  return wipe(**project, request, invocation);
}

}  // namespace

Command wipe_command() {
  Command command;
  command.section = Command::Section::work;
  command.name = "wipe";
  command.summary = "forget materializations, or bring them back";
  command.description =
      "Partitions that are wiped are missing from then on, as if they had never been attempted; "
      "runs and their logs stay. A partitioned asset needs partitions, as in `orders@all`. On a "
      "terminal it asks first; elsewhere --yes is needed.\n"
      "Outputs are set aside under .partita/wiped. --undo brings records and outputs of a wipe "
      "back, by default of the newest; partitions that were materialized since, or whose output "
      "directory another has now, are left as they are, named, and the exit code is 1. Outputs "
      "that were set aside stay until --purge.\n"
      "A run wipes by itself, and says so, what an earlier definition made under the keys that it "
      "makes.";
  command.positionals = {{"SELECTION|WIPE", false, false, one_selection().hint_at_more}};
  command.options = {
      {"yes", 'y', "", "do not ask"},
      {"dry-run", 0, "", "say what would be forgotten, and do nothing"},
      {"orphans", 0, "",
       "of an asset, what its definition no longer has; all, if none has the asset"},
      {"undo", 0, "", "bring back what WIPE took, or the newest wipe"},
      {"list", 0, "", "the wipes so far"},
      {"purge", 0, "", "remove the outputs that WIPE, or all wipes, set aside"},
      {"no-wait", 0, "", "exit 6 at once if another run has to end first"},
  };
  command.examples = {{"wipe orders@2024-01-01..2024-01-31", "a range of partitions"},
                      {"wipe orders@all --dry-run", "what would be forgotten"},
                      {"wipe --undo", "as if the last wipe had not been"},
                      {"wipe orders --orphans", "what the definition no longer has"}};
  command.run = run;
  return command;
}

}  // namespace partita
