#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/materialize_and_tell.hpp"
#include "cli/reload_text.hpp"
#include "cli/sdk_place.hpp"
#include "service/dev_watch.hpp"

namespace partita {
namespace {

bool is_news(const ReloadView& view) {
  return view.is_change() || view.failed();
}

class Dev {
 public:
  explicit Dev(Invocation& invocation) : invocation_(invocation), output_(invocation.output()) {}

  Result<int> run() {
    Result<std::unique_ptr<DevWatch>> watch = start();
    if (!watch) return std::move(watch).error();
    DevNews news = settings_.build.empty() ? DevNews::definitions : DevNews::sources;
    for (bool first = true; news != DevNews::interrupted; first = false) {
      if (Status done = turn(news, first); !done) output_.fail(done.error());
      if (first) output_.narrate(watching_text());
      if (Status flushed = output_.flush(); !flushed) return std::move(flushed).error();
      news = (*watch)->wait(interrupts_.count());
    }
    return exit_code_of_signal(interrupts_.last_signal());
  }

 private:
  Result<std::unique_ptr<DevWatch>> start() {
    Result<Project*> project = invocation_.open_project(Invocation::Definitions::kAsStored);
    if (!project) return std::move(project).error();
    settings_ = (*project)->settings();
    if (Status noted = note_sdk_place(settings_.directory); !noted) return std::move(noted).error();
    return DevWatch::start(settings_);
  }

  std::string watching_text() const {
    std::vector<std::string> names;
    const auto add = [&](const std::vector<Path>& directories) {
      for (const Path& directory : directories)
        names.push_back(directory.lexically_relative(settings_.directory).string());
    };
    add(settings_.definitions);
    if (!settings_.build.empty()) add(settings_.sources);
    return fmt::format("watching {}; Ctrl-C ends", join(names, ", "));
  }

  // One turn: build, reload, materialize, as far as it goes and the news ask for it.
  Status turn(DevNews news, bool first) {
    if (news == DevNews::sources) {
      Result<bool> built = build();
      // What there is may be loaded at the start, whether or not the sources build.
      if (!built) return std::move(built).error();
      if (!*built && !first) return {};
    }
    // As of now, in its definitions and in its time.
    invocation_.close_project();
    Result<Project*> project = invocation_.open_project(Invocation::Definitions::kAsStored);
    if (!project) return std::move(project).error();
    if (Status told = reload(**project, news, first); !told) return told;
    return materialize(**project);
  }

  // Whether it came to its end well.
  Result<bool> build() {
    output_.narrate("building: " + settings_.build);
    Result<BuildOutcome> outcome = run_build(settings_, interrupts_.count());
    if (!outcome) return std::move(outcome).error();
    if (outcome->interrupted || outcome->ok) return outcome->ok;
    output_.write_narration(outcome->output);
    output_.narrate(output_.narration_look().paint(Tone::bad, "the build failed"));
    return false;
  }

  Status reload(Project& project, DevNews news, bool first) {
    if (news == DevNews::reloaded) {
      Result<ListView> list = project.list("");
      if (!list) return std::move(list).error();
      output_.narrate(fmt::format("generation {}, by another command", list->generation));
      return {};
    }
    Result<ReloadView> view = project.reload(false);
    if (!view) return std::move(view).error();
    for (const std::string& line : view->output) output_.narrate(printable_line(line));
    if (!first && !is_news(*view)) {
      if (news == DevNews::sources) output_.narrate("built: the same code");
      return {};
    }
    output_.answer([&] { return to_json(*view); },
                   [&] { return reload_text(*view, false, output_.look()); });
    return output_.flush();
  }

  Status materialize(Project& project) {
    const std::string wanted = invocation_.options().value("materialize");
    if (wanted.empty() || interrupts_.count() > 0) return {};
    MaterializeRequest request;
    request.selection = wanted;
    request.missing = request.stale = request.recoded = true;
    const Begin begin = [&](const MaterializeRequest& what, RunListener& listener) {
      return project.materialize(what, listener);
    };
    Result<int> code = materialize_and_tell(std::move(request), begin, invocation_, interrupts_);
    return code ? Status() : Status(std::move(code).error());
  }

  Invocation& invocation_;
  Output& output_;
  const Interrupts interrupts_;
  Settings settings_;
};

Result<int> run(Invocation& invocation) {
  return Dev(invocation).run();
}

}  // namespace

Command dev_command() {
  Command command;
  command.section = Command::Section::definitions;
  command.name = "dev";
  command.summary = "watch, rebuild, reload, and run what that asks for";
  command.description =
      "Watches the definitions directories, and where partita.toml has a build command, the "
      "sources: a change is built, and what the compiler says shown; then the plugins are loaded, "
      "and what changed is shown. While it runs, other commands leave changed plugins to it, and "
      "`partita reload` tells it.\n"
      "With --materialize, what is missing or stale of the selection is run each time; an asset "
      "that declares no code version is stale when its plugin's code changes. Ctrl-C ends it.\n"
      "[dev] in partita.toml: build = \"cmake --build build\", sources = [\"assets\"].";
  command.options = {{"materialize", 0, "SELECTION", "run what is missing or stale of these"}};
  command.examples = {{"dev", "show what each edit does"},
                      {"dev --materialize report", "and run it"}};
  command.run = run;
  return command;
}

}  // namespace partita
