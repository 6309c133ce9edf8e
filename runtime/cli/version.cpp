#include "cli/commands.hpp"
#include "cli/exit_code.hpp"

namespace partita {
namespace {

#ifdef __clang__
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

Result<int> run(Invocation& invocation) {
  Output& output = invocation.output();
  output.answer(
      [&] { return Json::object().set("version", PARTITA_VERSION).set("compiler", kCompiler); },
      [&] { return "partita " PARTITA_VERSION "\n"; });
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
