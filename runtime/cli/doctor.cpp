#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/doctor_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/sdk_place.hpp"
#include "cli/version.hpp"

namespace partita {
namespace {

using State = HealthCheck::State;

HealthCheck sdk_check() {
  const std::optional<Path> place = sdk_cmake_directory();
  if (place) return {"sdk", State::ok, place->string(), {}};
  return {"sdk", State::warning, "it is neither installed with this program nor in its source tree",
          "install it, or build plugins with -DPartita_DIR=DIRECTORY-OF-PartitaConfig.cmake"};
}

HealthCheck terminal_check(const Look& look) {
  if (!look.terminal)
    return {"terminal", State::ok, fmt::format("none: {} columns, plain", look.width), {}};
  return {"terminal",
          State::ok,
          fmt::format("{} columns, {}", look.width, look.color ? "colours" : "no colours"),
          {}};
}

HealthCheck locale_check(const Look& look) {
  const std::string locale = facts_of(1).locale;
  const std::string name = locale.empty() ? "none is set" : locale;
  if (look.glyphs) return {"locale", State::ok, name + ": UTF-8 is shown", {}};
  return {"locale", State::ok, name + ": only ASCII is used for drawing", {}};
}

// What the shell alone knows comes first.
HealthView examine_all(const ProjectOptions& options, const Look& look) {
  HealthView view = examine(options);
  const HealthCheck of_shell[] = {
      {"program", State::ok, fmt::format("partita {}, {}", kVersion, kCompiler), {}},
      sdk_check(),
      terminal_check(look),
      locale_check(look)};
  view.checks.insert(view.checks.begin(), std::begin(of_shell), std::end(of_shell));
  return view;
}

Result<int> run(Invocation& invocation) {
  if (Status started = invocation.start_zygote(); !started) return std::move(started).error();
  const Result<ProjectOptions> options = invocation.project_options();
  if (!options) return options.error();
  Output& output = invocation.output();
  const HealthView view = examine_all(*options, output.look());
  output.answer([&] { return to_json(view); }, [&] { return health_text(view, output.look()); });
  if (!output.json()) {
    if (view.project.empty() && view.count(State::problem) == 0)
      output.narrate(
          "there is no project here: only the installation and your own settings were looked at");
    output.narrate(health_summary(view));
  }
  return view.count(State::problem) > 0 ? kExitFailed : kExitSuccess;
}

}  // namespace

Command doctor_command() {
  Command command;
  command.section = Command::Section::shell;
  command.name = "doctor";
  command.summary = "whether this installation and this project are healthy";
  command.description =
      "Looks at the program, its SDK, the tools and limits of this machine, and in a project at "
      "its "
      "settings, definitions, file system, store, runs, published outputs (of very many the first "
      "and the last) and what processes have left, a line for each. It changes nothing but what an "
      "earlier doctor that was killed has left, and may be used while a run goes on. `partita db "
      "check` looks at "
      "the store more closely, `partita check` at the definitions.\n"
      "Exit codes: 0 there may be warnings; 1 there is a problem.";
  command.examples = {{"doctor", "what is wrong, and what to do"}};
  command.run = run;
  return command;
}

}  // namespace partita
