#include "cli/version.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"

namespace partita {
namespace {

Result<int> run(Invocation& invocation) {
  Output& output = invocation.output();
  output.answer([&] { return Json::object().set("version", kVersion).set("compiler", kCompiler); },
                [&] { return std::string("partita ") + kVersion + "\n"; });
  return kExitSuccess;
}

}  // namespace

Command version_command() {
  Command command;
  command.name = "version";
  command.summary = "the version of Partita";
  command.run = run;
  return command;
}

}  // namespace partita
