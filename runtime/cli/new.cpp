#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/scaffold.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  const ParsedOptions& options = invocation.options();
  if (options.positional(0) != "asset") {
    return usage_error(fmt::format("unknown kind `{}`", options.positional(0)),
                       "partita new asset NAME");
  }
  const std::string name = options.positional(1);
  if (Status valid = validate_new_name(name); !valid) return std::move(valid).error();
  const std::string start = options.has("project") ? options.value("project") : ".";
  Result<Path> project = find_project(start);
  if (!project) return std::move(project).error();
  const std::vector<NewFile> files = asset_files(name);
  if (Status written = write_new_files(*project, files); !written)
    return std::move(written).error();
  const std::vector<NextCommand> next{
      {"cmake --build build && ctest --test-dir build", "builds and tests it"},
      {fmt::format("partita materialize {} --missing", name), "runs it"}};
  Output& output = invocation.output();
  output.answer([&] { return new_files_json(files, next).set("asset", name); },
                [&] { return new_files_text("", files, next, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command new_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "new";
  command.summary = "add an asset's source and its unit test to a project";
  command.description =
      "Made for projects of `partita init`, whose build takes up what is in assets/.";
  command.positionals = {{"asset", true}, {"NAME", true}};
  command.examples = {{"new asset orders", "assets/orders.cpp and tests/orders_test.cpp"}};
  command.run = run;
  return command;
}

}  // namespace partita
