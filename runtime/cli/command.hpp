// A Command: one verb of the shell, as data and a function; and the Invocation it works on.
//
// The table of all commands is commands.hpp; help, completion and parsing are made from it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/zygote.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "service/project.hpp"

namespace partita {

using StartZygote = std::function<Result<std::unique_ptr<Zygote>>()>;

class Invocation {
 public:
  // All are borrowed.
  Invocation(const ParsedOptions& options, Output& output, const StartZygote& start_zygote)
      : options_(options), output_(output), start_zygote_(start_zygote) {}

  const ParsedOptions& options() const { return options_; }
  Output& output() const { return output_; }

  // Opens the project as the options say, and tells on standard error what its opening found.
  // kAsStored leaves changed definitions to the command itself.
  enum class Definitions { kRescanned, kAsStored };
  // kShown: the command's own answer has the problems of the definitions.
  enum class Problems { kTold, kShown };
  Result<Project*> open_project(Definitions definitions = Definitions::kRescanned,
                                Problems problems = Problems::kTold);
  // As --no-wait says; that it waits is told on standard error.
  Patience patience() const;
  // For a command that opens it again, as of a later moment.
  void close_project();
  // What it is opened with, for a command that looks at a project without opening it; and where
  // plugins are loaded.
  Result<ProjectOptions> project_options(Definitions definitions = Definitions::kAsStored);
  Status start_zygote();

 private:
  const ParsedOptions& options_;
  Output& output_;
  const StartZygote& start_zygote_;
  std::unique_ptr<Zygote> zygote_;  // before the project, which borrows it
  std::unique_ptr<Project> project_;
};

struct Example {
  std::string line;  // after `partita `
  std::string what;
};

struct Command {
  enum class Section { look, work, definitions, shell };
  Section section = Section::shell;
  std::string name;
  std::string summary;      // one line
  std::string description;  // paragraphs, each one line
  std::vector<PositionalSpec> positionals;
  std::vector<OptionSpec> options;  // besides the global ones
  std::vector<Example> examples;
  std::vector<std::string> aliases;
  Result<int> (*run)(Invocation&) = nullptr;  // the exit code
};

}  // namespace partita
