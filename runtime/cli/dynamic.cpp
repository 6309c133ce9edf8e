#include <fmt/format.h>

#include <iostream>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/dynamic_lines.hpp"
#include "cli/exit_code.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

struct DynamicRequest {
  std::string verb, set;
  bool json_lines = false;
  DynamicAddition keys;
};

Result<std::string> verb_of(const ParsedOptions& options) {
  static const std::vector<std::string> verbs = {"list", "add", "remove", "rename"};
  std::string verb = options.positional(0);
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) {
    std::string hint = did_you_mean(verb, verbs);
    return usage_error(fmt::format("unknown verb `{}`", verb),
                       hint.empty() ? "it is list, add, remove or rename" : std::move(hint));
  }
  if (options.has("metadata") && verb != "add")
    return usage_error("--metadata goes with `dynamic add`");
  if (options.has("no-wait") && verb != "rename")
    return usage_error("--no-wait goes with `dynamic rename`");
  return verb;
}

Status read_keys(const ParsedOptions& options, DynamicRequest& request) {
  const std::vector<std::string>& words = options.positionals();
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] != "-") {
      request.keys.keys.push_back(words[i]);
      continue;
    }
    const KeyLines lines = request.json_lines ? KeyLines::json : KeyLines::plain;
    if (Status read = read_key_lines(std::cin, lines, request.keys); !read) return read;
  }
  Result<Json> metadata = metadata_of_options(options.values("metadata"));
  if (!metadata) return std::move(metadata).error();
  if (metadata->as_object().empty()) return {};
  for (const std::string& key : request.keys.keys) {
    for (const auto& [name, value] : metadata->as_object()) {
      Json& values = request.keys.metadata[key];
      if (!values.contains(name)) values.set(name, value);
    }
  }
  return {};
}

// The key as it is called, and as it is to be.
Status read_names(const std::vector<std::string>& words, DynamicRequest& request) {
  if (words.size() > 4) return usage_error(fmt::format("unexpected argument `{}`", words[4]));
  if (words.size() < 4) {
    return usage_error(words.size() < 3 ? "KEY is missing" : "the new name is missing",
                       fmt::format("partita dynamic rename {} KEY NEW", shell_quoted(request.set)));
  }
  request.keys.keys = {words[2], words[3]};
  return {};
}

Result<DynamicRequest> request_of(const ParsedOptions& options) {
  Result<std::string> verb = verb_of(options);
  if (!verb) return std::move(verb).error();
  DynamicRequest request{*std::move(verb), options.positional(1), options.has("jsonl"), {}};
  const std::vector<std::string>& words = options.positionals();
  if (request.verb == "list") {
    if (words.size() > 2) return usage_error(fmt::format("unexpected argument `{}`", words[2]));
    return request;
  }
  if (request.set.empty()) return usage_error("SET is missing");
  if (request.verb == "rename") {
    if (Status named = read_names(words, request); !named) return std::move(named).error();
    return request;
  }
  if (words.size() < 3)
    return usage_error("KEY is missing", "name keys, or write - to read one a line");
  if (Status read = read_keys(options, request); !read) return std::move(read).error();
  return request;
}

Result<int> list_sets(Project& project, Output& output) {
  Result<std::vector<DynamicSetRow>> sets = project.dynamic_sets();
  if (!sets) return std::move(sets).error();
  Json list = Json::array();
  Table table({{"SET"}, {"KEYS", Column::Fit::whole, true}});
  for (const DynamicSetRow& row : *sets) {
    list.push(Json::object().set("set", row.set).set("count", row.count));
    table.add({{row.set, Tone::strong}, with_thousands(row.count)});
  }
  if (output.json()) {
    output.print_json(Json::object().set("sets", std::move(list)));
  } else {
    output.print(table.text(output.look()));
    if (table.empty())
      output.narrate("no dynamic sets yet; add keys: partita dynamic add SET KEY...");
  }
  return kExitSuccess;
}

Result<int> list_keys(Project& project, const DynamicRequest& request, Output& output) {
  Result<DynamicSetView> view = project.dynamic_set(request.set);
  if (!view) return std::move(view).error();
  if (request.json_lines) {
    output.print(json_lines(*view));
  } else {
    output.answer([&] { return to_json(*view); },
                  [&] { return dynamic_set_text(*view, output.look()); });
    if (view->keys->empty())
      output.narrate(fmt::format("no keys yet; add some: partita dynamic add {} KEY...",
                                 shell_quoted(request.set)));
  }
  return kExitSuccess;
}

Result<int> change_keys(Project& project, const DynamicRequest& request, Output& output) {
  const bool adding = request.verb == "add";
  Result<std::int64_t> changed = adding ? project.add_dynamic(request.set, request.keys)
                                        : project.remove_dynamic(request.set, request.keys.keys);
  if (!changed) return std::move(changed).error();
  const char* what = adding ? "added" : "removed";
  if (output.json()) {
    output.print_json(Json::object().set("set", request.set).set(what, *changed));
    return kExitSuccess;
  }
  const std::int64_t same = static_cast<std::int64_t>(request.keys.keys.size()) - *changed;
  std::string line = fmt::format("{}: {} {}", request.set, count_of(*changed, "key"), what);
  if (same > 0)
    line += fmt::format(", {} {}", with_thousands(same), adding ? "there before" : "not there");
  output.print(line + "\n");
  return kExitSuccess;
}

std::string renamed_text(const RenameView& view) {
  std::string line = fmt::format("{}: `{}` is `{}` now", view.set, view.from, view.to);
  std::int64_t partitions = 0;
  for (const RenameView::Asset& asset : view.assets) partitions += asset.partitions;
  if (partitions == 0) return line + "\n";
  return fmt::format("{}, with {} of {}\n", line, count_of(partitions, "partition"),
                     view.assets.size() == 1
                         ? view.assets.front().asset
                         : count_of(static_cast<std::int64_t>(view.assets.size()), "asset"));
}

Result<int> rename_key(Project& project, const DynamicRequest& request, Invocation& invocation) {
  const std::vector<std::string>& keys = request.keys.keys;
  Result<RenameView> view =
      project.rename_dynamic({request.set, keys[0], keys[1], invocation.patience()});
  if (!view) return std::move(view).error();
  invocation.output().answer([&] { return to_json(*view); }, [&] { return renamed_text(*view); });
  return kExitSuccess;
}

Result<int> run(Invocation& invocation) {
  Result<DynamicRequest> request = request_of(invocation.options());
  if (!request) return std::move(request).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Output& output = invocation.output();
  if (request->verb == "rename") return rename_key(**project, *request, invocation);
  if (request->verb != "list") return change_keys(**project, *request, output);
  return request->set.empty() ? list_sets(**project, output)
                              : list_keys(**project, *request, output);
}

}  // namespace

Command dynamic_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "dynamic";
  command.summary = "the keys of dynamic partitions: list, add, remove, rename";
  command.description =
      "`list` shows the sets, or the keys of one, one a line. `add` and `remove` take keys, or - "
      "for one a line from standard input; all are added or removed, or none. Adding a key that is "
      "there changes nothing but its metadata, where some is given. A key that is removed keeps "
      "its history.\n"
      "`rename` takes a key and its new name. The key keeps its place and its metadata, and its "
      "partitions keep all that is known of them: nothing becomes stale, and outputs move to the "
      "new name's directories. It waits for runs to end.";
  command.positionals = {{"list|add|remove|rename", true}, {"SET"}, {"KEY", false, true}};
  command.options = {
      {"metadata", 'm', "NAME=VALUE", "add: kept with each of the keys, in place of what was",
       true},
      {"jsonl", 0, "", R"(the lines are JSON: {"key": "...", "metadata": {"name": value}})"},
      {"no-wait", 0, "", "rename: exit 6 at once if a run has to end first"},
  };
  command.examples = {
      {"dynamic list", "the sets, and how many keys each has"},
      {"dynamic add customers alice bob --metadata region=eu", "two keys more"},
      {"dynamic remove customers - < gone.txt", "those of a file"},
      {"dynamic rename customers alice alicia", "its partitions are the same ones"},
      {"dynamic list customers --jsonl", "what `dynamic add customers - --jsonl` reads"}};
  command.run = run;
  return command;
}

}  // namespace partita
