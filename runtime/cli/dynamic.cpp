#include <fmt/format.h>

#include <iostream>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

struct DynamicRequest {
  std::string verb, set;
  std::vector<std::string> keys;
};

// One key a line; empty lines mean nothing.
void read_keys(std::vector<std::string>& keys) {
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) keys.push_back(std::move(line));
  }
}

Result<DynamicRequest> request_of(const ParsedOptions& options) {
  static const std::vector<std::string> verbs = {"list", "add", "remove"};
  DynamicRequest request{options.positional(0), options.positional(1), {}};
  if (std::find(verbs.begin(), verbs.end(), request.verb) == verbs.end()) {
    std::string hint = did_you_mean(request.verb, verbs);
    return usage_error(fmt::format("unknown verb `{}`", request.verb),
                       hint.empty() ? "it is list, add or remove" : std::move(hint));
  }
  const std::vector<std::string>& words = options.positionals();
  if (request.verb == "list") {
    if (words.size() > 2) return usage_error(fmt::format("unexpected argument `{}`", words[2]));
    return request;
  }
  if (request.set.empty()) return usage_error("SET is missing");
  if (words.size() < 3)
    return usage_error("KEY is missing", "name keys, or write - to read one a line");
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "-") {
      read_keys(request.keys);
    } else {
      request.keys.push_back(words[i]);
    }
  }
  return request;
}

Json strings_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push(text);
  return list;
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

Result<int> list_keys(Project& project, const std::string& set, Output& output) {
  Result<std::vector<std::string>> keys = project.dynamic_keys(set);
  if (!keys) return std::move(keys).error();
  if (output.json()) {
    output.print_json(Json::object().set("set", set).set("keys", strings_json(*keys)));
    return kExitSuccess;
  }
  for (const std::string& key : *keys) output.print(key + "\n");
  return kExitSuccess;
}

Result<int> change_keys(Project& project, const DynamicRequest& request, Output& output) {
  const bool adding = request.verb == "add";
  Result<std::int64_t> changed = adding ? project.add_dynamic(request.set, request.keys)
                                        : project.remove_dynamic(request.set, request.keys);
  if (!changed) return std::move(changed).error();
  const char* what = adding ? "added" : "removed";
  if (output.json()) {
    output.print_json(Json::object().set("set", request.set).set(what, *changed));
    return kExitSuccess;
  }
  const std::int64_t same = static_cast<std::int64_t>(request.keys.size()) - *changed;
  std::string line = fmt::format("{}: {} {}", request.set, count_of(*changed, "key"), what);
  if (same > 0)
    line += fmt::format(", {} {}", with_thousands(same), adding ? "there before" : "not there");
  output.print(line + "\n");
  return kExitSuccess;
}

Result<int> run(Invocation& invocation) {
  Result<DynamicRequest> request = request_of(invocation.options());
  if (!request) return std::move(request).error();
  Result<Project*> project = invocation.open_project();
  if (!project) return std::move(project).error();
  Output& output = invocation.output();
  if (request->verb != "list") return change_keys(**project, *request, output);
  return request->set.empty() ? list_sets(**project, output)
                              : list_keys(**project, request->set, output);
}

}  // namespace

Command dynamic_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "dynamic";
  command.summary = "the keys of dynamic partitions: list, add, remove";
  command.description =
      "`list` shows the sets, or the keys of one, one a line. `add` and `remove` take keys, or - "
      "for "
      "one a line from standard input. A key that is removed keeps its history.";
  command.positionals = {{"list|add|remove", true}, {"SET"}, {"KEY", false, true}};
  command.examples = {{"dynamic list", "the sets, and how many keys each has"},
                      {"dynamic add customers alice bob", "two keys more"},
                      {"dynamic remove customers - < gone.txt", "those of a file"}};
  command.run = run;
  return command;
}

}  // namespace partita
