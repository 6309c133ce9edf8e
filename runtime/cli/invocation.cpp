#include "base/log.hpp"
#include "cli/command.hpp"
#include "cli/display_text.hpp"
#include "cli/notices.hpp"

namespace partita {
namespace {

constexpr std::size_t kMaxProblemsTold = 3;

void tell_problems(const std::vector<ProblemView>& problems, Output& output) {
  for (std::size_t i = 0; i < problems.size() && i < kMaxProblemsTold; ++i)
    output.warn(problem_text(problems[i]));
  if (problems.size() > kMaxProblemsTold)
    output.warn(std::to_string(problems.size() - kMaxProblemsTold) +
                " more problems; `partita list` shows all");
}

void tell_opening(const Project& project, Invocation::Problems problems, Output& output) {
  for (const std::string& warning : project.settings().warnings)
    output.warn(printable_line(warning));
  if (const auto& view = project.taken_over()) {
    if (view->is_change())
      output.narrate(output.narration_look().paint(Tone::faint, taken_over_text(*view)));
    if (!view->emptied.empty()) output.warn(emptied_text(*view));
    if (problems == Invocation::Problems::kTold) tell_problems(view->problems, output);
  }
  if (const auto& view = project.left_to_dev()) output.warn(left_to_dev_text(*view));
  for (const RunRow& run : project.found_interrupted()) output.warn(interrupted_text(run));
}

}  // namespace

Result<ProjectOptions> Invocation::project_options(Definitions definitions) {
  ProjectOptions project;
  project.directory = options_.value("project");
  project.locked = definitions == Definitions::kAsStored || options_.has("locked");
  project.config = options_.values("config");
  project.zygote = zygote_.get();
  if (options_.has("as-of")) {
    Result<Instant> as_of = parse_instant(options_.value("as-of"));
    if (!as_of) return std::move(as_of).error();
    project.as_of = *as_of;
  }
  if (options_.has("isolation")) {
    Result<Isolation> isolation = parse_isolation(options_.value("isolation"));
    if (!isolation) return std::move(isolation).error();
    project.isolation = *isolation;
  }
  return project;
}

Status Invocation::start_zygote() {
  Result<std::unique_ptr<Zygote>> zygote = start_zygote_();
  if (!zygote) return std::move(zygote).error();
  zygote_ = *std::move(zygote);
  return {};
}

Patience Invocation::patience() const {
  return {options_.has("no-wait"), [&output = output_](std::int64_t pid) {
            output.narrate("waiting for the run of process " + std::to_string(pid) + " to end");
          }};
}

void Invocation::close_project() {
  project_.reset();
  zygote_.reset();
}

Result<Project*> Invocation::open_project(Definitions definitions, Problems problems) {
  if (Status started = start_zygote(); !started) return std::move(started).error();
  const std::size_t verbosity = options_.count("verbose");
  if (verbosity > 0) log::set_level(verbosity > 1 ? log::Level::debug : log::Level::info);
  Result<ProjectOptions> options = project_options(definitions);
  if (!options) return std::move(options).error();
  Result<std::unique_ptr<Project>> project = Project::open(*options);
  if (!project) return std::move(project).error();
  project_ = *std::move(project);
  tell_opening(*project_, problems, output_);
  // Else the command may be what brings the asset.
  if (definitions == Definitions::kRescanned) {
    if (Status checked = project_->check_flags(); !checked) return std::move(checked).error();
  }
  return project_.get();
}

}  // namespace partita
