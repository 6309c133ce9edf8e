#include "service/upkeep.hpp"

#include <fmt/format.h>

#include "service/leases.hpp"
#include "service/project_state.hpp"
#include "store/sqlite.hpp"

namespace partita {
namespace {

std::int64_t size_of(const Path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  return failed ? 0 : static_cast<std::int64_t>(size);
}

// Does not wait: whoever looks after the store wants to know at once.
Result<FileLock> lock_out_runs(const Settings& settings) {
  return lock_out_runs(settings, true, [](std::int64_t) {});
}

// The file of a project that has one.
Result<Path> file_of(const Settings& settings) {
  std::error_code failed;
  if (std::filesystem::exists(settings.store, failed)) return settings.store;
  return Error{ErrorCode::not_found,
               fmt::format("open {}: the project has no store yet", settings.store.string()),
               "the first `partita reload` makes it"};
}

StoreView view_of_damaged(const Path& file, std::string problem) {
  StoreView view;
  view.file = file.string();
  view.bytes = size_of(file);
  view.problems = {std::move(problem)};
  view.damaged = true;
  return view;
}

bool is_damaged(const Path& file) {
  const Result<StoreFile> found = Store::examine(file);
  return found ? !found->damage.empty() : found.error().code == ErrorCode::damaged;
}

}  // namespace

struct Upkeep::State {
  Settings settings;
  std::unique_ptr<Store> store;
};

Upkeep::Upkeep(std::unique_ptr<State> state) : state_(std::move(state)) {}
Upkeep::~Upkeep() = default;

Result<std::unique_ptr<Upkeep>> Upkeep::open(const ProjectOptions& options) {
  Result<Settings> settings = find_settings(options);
  if (!settings) return std::move(settings).error();
  if (Result<Path> file = file_of(*settings); !file) return std::move(file).error();
  const Clock& clock = options.clock != nullptr ? *options.clock : system_clock();
  Result<std::unique_ptr<Store>> store = Store::open(settings->store, clock);
  if (!store) return std::move(store).error();
  auto state = std::make_unique<State>();
  state->settings = *std::move(settings);
  state->store = *std::move(store);
  return std::unique_ptr<Upkeep>(new Upkeep(std::move(state)));
}

StoreView Upkeep::view() const {
  StoreView view;
  view.file = state_->settings.store.string();
  view.bytes = size_of(view.file) + size_of(view.file + "-wal");
  view.events = state_->store->last_seq();
  return view;
}

Result<StoreView> Upkeep::check(const ProjectOptions& options) {
  const Result<Settings> settings = find_settings(options);
  if (!settings) return settings.error();
  const Result<Path> file = file_of(*settings);
  if (!file) return file.error();
  if (size_of(*file) == 0 && size_of(log_file_of(*file)) == 0)
    return view_of_damaged(*file, "it is empty: whatever was recorded is gone");
  Result<std::unique_ptr<Upkeep>> opened = open(options);
  if (opened) return (*opened)->compare();
  if (opened.error().code != ErrorCode::damaged) return std::move(opened).error();
  return view_of_damaged(*file, opened.error().message);
}

Result<StoreView> Upkeep::compare() {
  const Path scratch = state_->settings.state / "check";
  if (Status removed = remove_tree(scratch); !removed) return std::move(removed).error();
  if (Status made = make_directories(scratch); !made) return std::move(made).error();
  Result<std::vector<std::string>> problems = state_->store->check(scratch);
  if (Status removed = remove_tree(scratch); !removed) return std::move(removed).error();
  if (!problems) return std::move(problems).error();
  StoreView found = view();
  found.problems = *std::move(problems);
  found.damaged = !found.problems.empty() && is_damaged(found.file);
  return found;
}

Result<StoreView> Upkeep::rebuild() {
  const Result<FileLock> lock = lock_out_runs(state_->settings);
  if (!lock) return lock.error();
  if (Status rebuilt = state_->store->rebuild(); !rebuilt) return std::move(rebuilt).error();
  return view();
}

Result<StoreView> Upkeep::compact() {
  const Result<FileLock> lock = lock_out_runs(state_->settings);
  if (!lock) return lock.error();
  if (Status done = state_->store->compact(); !done) return std::move(done).error();
  return view();
}

Status Upkeep::backup(const Path& file) {
  return state_->store->backup(file);
}

Json to_json(const StoreView& view) {
  Json problems = Json::array();
  for (const std::string& problem : view.problems) problems.push(problem);
  return Json::object()
      .set("store", view.file)
      .set("bytes", view.bytes)
      .set("events", view.events)
      .set("problems", std::move(problems))
      .set("damaged", view.damaged);
}

}  // namespace partita
