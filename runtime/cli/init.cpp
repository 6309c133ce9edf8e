#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/next_commands.hpp"
#include "cli/scaffold.hpp"
#include "cli/sdk_place.hpp"

namespace partita {
namespace {

constexpr const char* kFirstAsset = "greetings";

std::vector<NextCommand> next_commands(const std::string& typed) {
  std::vector<NextCommand> commands;
  if (Path(typed).lexically_normal() != ".")
    commands.push_back({"cd " + shell_quoted(typed), "the project"});
  commands.push_back({"cmake -B build && cmake --build build", "builds the plugin and its test"});
  commands.push_back({"ctest --test-dir build", "runs the test"});
  commands.push_back({fmt::format("partita materialize {} --missing", kFirstAsset), "runs it"});
  commands.push_back({"partita dev", "builds and reloads whenever a source changes"});
  return commands;
}

Result<int> run(Invocation& invocation) {
  const std::string typed = invocation.options().positional(0);
  std::error_code failed;
  const Path directory = std::filesystem::absolute(typed, failed).lexically_normal();
  const Path named = directory.has_filename() ? directory : directory.parent_path();
  const std::vector<NewFile> files = project_files(named.filename().string(), kFirstAsset);
  if (Status written = write_new_files(directory, files); !written)
    return std::move(written).error();
  if (Status noted = note_sdk_place(directory); !noted) return std::move(noted).error();
  const std::vector<NextCommand> next = next_commands(typed);
  Output& output = invocation.output();
  output.answer([&] { return new_files_json(files, next).set("directory", named.string()); },
                [&] { return new_files_text(typed, files, next, output.look()); });
  return kExitSuccess;
}

}  // namespace

Command init_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "init";
  command.summary = "make a new project, with an asset and its unit test";
  command.description =
      "Writes partita.toml, a CMakeLists.txt that finds the SDK of this program, an asset and a "
      "test of it that passes. Nothing that exists is written over.";
  command.positionals = {{"DIR", true}};
  command.examples = {{"init sales", "in a directory of that name"}, {"init .", "here"}};
  command.run = run;
  return command;
}

}  // namespace partita
