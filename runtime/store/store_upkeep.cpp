#include "store/rebuild.hpp"
#include "store/store_state.hpp"
#include "store/upkeep.hpp"

namespace partita {

Result<std::vector<std::string>> Store::State::compare_with_rebuilt(const Path& copy,
                                                                    const Path& rebuilt_file) {
  if (auto copied = copy_to(*database, copy); !copied) return std::move(copied).error();
  auto original = Database::open(copy);
  if (!original) return std::move(original).error();
  if (auto copied = copy_to(**original, rebuilt_file); !copied) return std::move(copied).error();
  auto rebuilt = Store::open(rebuilt_file, clock);
  if (!rebuilt) return std::move(rebuilt).error();
  if (auto made = (*rebuilt)->rebuild(); !made) return std::move(made).error();
  return differing_projections(**original, *(*rebuilt)->state_->database);
}

Status Store::rebuild() {
  return state_->write([&](std::int64_t) {
    return partita::rebuild({state_->tables, state_->recorder, state_->dynamic_sets,
                             state_->catalog, state_->wipes, state_->renamer});
  });
}

Result<std::vector<std::string>> Store::check(const Path& scratch) {
  auto problems = structural_damage(*state_->database);
  if (!problems && problems.error().code == ErrorCode::damaged)
    return std::vector<std::string>{problems.error().message};
  if (!problems || !problems->empty()) return problems;
  auto differing = state_->compare_with_rebuilt(scratch / "copy", scratch / "rebuilt");
  if (!differing) return std::vector<std::string>{differing.error().message};
  for (const std::string& table : *differing)
    problems->push_back("table " + table + " does not follow from the event log");
  return problems;
}

Status Store::compact() {
  return partita::compact(*state_->database);
}

Status Store::backup(const Path& file) {
  return copy_to(*state_->database, file);
}

}  // namespace partita
