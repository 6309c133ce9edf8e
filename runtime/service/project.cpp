#include "service/project.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "service/project_state.hpp"
#include "service/settings_unread.hpp"

namespace partita {
namespace {

Status prepare_state_directory(const Settings& settings) {
  if (Status made = make_directories(settings.state); !made) return made;
  const Path ignore = settings.state / ".gitignore";
  std::error_code failed;
  if (std::filesystem::exists(ignore, failed)) return {};
  return write_file(ignore, "*\n");
}

}  // namespace

Status apply_options(Settings& settings, const ProjectOptions& options) {
  if (options.isolation) {
    settings.isolation = *options.isolation;
    settings.origins["isolation"] = {Origin::Kind::flag, "--isolation"};
  }
  for (const std::string& option : options.config) {
    Status applied = apply_config_option(settings, option, {Origin::Kind::flag, "--config"});
    if (!applied) return std::move(applied).error().wrap("read --config");
  }
  return {};
}

Result<Settings> find_settings(const ProjectOptions& options) {
  Result<Path> directory = find_project(options.directory.empty() ? Path(".") : options.directory);
  if (!directory) return std::move(directory).error();
  return load_settings(*directory);
}

Project::Project(std::unique_ptr<State> state) : state_(std::move(state)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::open(const ProjectOptions& options) {
  auto state = std::make_unique<State>();
  Result<Settings> settings = find_settings(options);
  if (!settings) return std::move(settings).error();
  state->settings = *std::move(settings);
  if (Status applied = apply_options(state->settings, options); !applied)
    return std::move(applied).error();
  state->config_options = options.config;
  state->zygote = options.zygote;
  state->functions = std::make_unique<PluginFunctions>(state->plugin_zygote());
  state->clock = options.clock != nullptr ? options.clock : &system_clock();
  state->now = options.as_of.value_or(state->clock->now());
  if (Status made = prepare_state_directory(state->settings); !made) return std::move(made).error();
  Result<std::unique_ptr<Store>> store = Store::open(state->settings.store, *state->clock);
  if (!store) return std::move(store).error();
  state->store = *std::move(store);
  if (Status used = state->use_copies(); !used) return std::move(used).error();
  Result<std::vector<RunRow>> interrupted = recover(state->settings, *state->store);
  if (!interrupted) return std::move(interrupted).error();
  state->found_interrupted = *std::move(interrupted);
  if (Status read = state->read_stored_catalog(); !read) return std::move(read).error();
  std::unique_ptr<Project> project(new Project(std::move(state)));
  if (options.locked) return project;
  if (Status rescanned = project->state_->take_over_news(); !rescanned)
    return std::move(rescanned).error();
  return project;
}

const Settings& Project::settings() const {
  return state_->settings;
}
Status Project::check_flags() const {
  return flags_for_nothing(state_->settings, *state_->catalog);
}
const std::optional<ReloadView>& Project::taken_over() const {
  return state_->taken_over;
}
const std::optional<ReloadView>& Project::left_to_dev() const {
  return state_->left_to_dev;
}
const std::vector<RunRow>& Project::found_interrupted() const {
  return state_->found_interrupted;
}

}  // namespace partita
