#include "service/project.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

Status prepare_state_directory(const Settings& settings) {
  if (Status made = make_directories(settings.state); !made) return made;
  const Path ignore = settings.state / ".gitignore";
  std::error_code failed;
  if (std::filesystem::exists(ignore, failed)) return {};
  return write_file(ignore, "*\n");
}

Status apply_options(Settings& settings, const ProjectOptions& options) {
  if (options.isolation) settings.isolation = *options.isolation;
  for (const std::string& option : options.config) {
    if (Status applied = apply_config_option(settings, option); !applied) return applied;
  }
  return {};
}

}  // namespace

Project::Project(std::unique_ptr<State> state) : state_(std::move(state)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::open(const ProjectOptions& options) {
  auto state = std::make_unique<State>();
  Result<Path> directory = find_project(options.directory.empty() ? Path(".") : options.directory);
  if (!directory) return std::move(directory).error();
  Result<Settings> settings = load_settings(*directory);
  if (!settings) return std::move(settings).error();
  state->settings = *std::move(settings);
  if (Status applied = apply_options(state->settings, options); !applied)
    return std::move(applied).error();
  state->zygote = options.zygote;
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
const std::optional<ReloadView>& Project::taken_over() const {
  return state_->taken_over;
}
const std::vector<RunRow>& Project::found_interrupted() const {
  return state_->found_interrupted;
}

Result<std::vector<DynamicSetRow>> Project::dynamic_sets() {
  auto sets = state_->store->dynamic_sets();
  if (!sets) return std::move(sets).error();
  std::map<std::string, std::int64_t> counts(sets->begin(), sets->end());
  for (const AssetDef& asset : state_->catalog->assets) {
    for (const Dimension& dimension : asset.partitions.dimensions) {
      if (const auto* dynamic = std::get_if<DynamicDimension>(&dimension.kind))
        counts.emplace(dynamic->set, 0);
    }
  }
  std::vector<DynamicSetRow> rows;
  for (const auto& [set, count] : counts) rows.push_back({set, count});
  return rows;
}

namespace {

// A set exists once an asset declares it or a key was added: a misspelt one must not come into
// being.
Status require_set(Project& project, std::string_view set) {
  Result<std::vector<DynamicSetRow>> sets = project.dynamic_sets();
  if (!sets) return std::move(sets).error();
  std::vector<std::string> names;
  for (const DynamicSetRow& row : *sets) {
    if (row.set == set) return {};
    names.push_back(row.set);
  }
  std::string hint = did_you_mean(set, names);
  if (hint.empty())
    hint = names.empty() ? "no asset declares a dynamic set" : "the sets are " + join(names, ", ");
  return Error{ErrorCode::not_found,
               fmt::format("find dynamic set `{}`: no asset declares it", set), hint};
}

}  // namespace

Result<std::vector<std::string>> Project::dynamic_keys(std::string_view set) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  Result<DynamicKeys> keys = state_->store->dynamic_keys(set);
  if (!keys) return std::move(keys).error();
  return **keys;
}

Result<std::int64_t> Project::add_dynamic(std::string_view set, std::span<const std::string> keys) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  for (const std::string& key : keys) {
    if (Status valid = validate_key(key); !valid) return std::move(valid).error();
  }
  return state_->store->add_dynamic_keys(set, keys);
}

Result<std::int64_t> Project::remove_dynamic(std::string_view set,
                                             std::span<const std::string> keys) {
  if (Status known = require_set(*this, set); !known) return std::move(known).error();
  return state_->store->remove_dynamic_keys(set, keys);
}

}  // namespace partita
