// All but what is known of partitions: definitions, dynamic sets, runs, outputs, wipes.
#include "store/store_state.hpp"

namespace partita {

Result<std::string> Store::current_catalog() {
  return state_->catalog.current();
}

Result<std::string> Store::catalog_of(std::int64_t generation) {
  return state_->catalog.of(generation);
}

Result<DynamicKeys> Store::dynamic_keys(std::string_view set) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->dynamic_sets.keys(set);
}

Result<std::vector<std::pair<std::string, std::int64_t>>> Store::dynamic_sets() {
  return state_->dynamic_sets.list();
}

Result<std::int64_t> Store::last_removal(std::string_view set) {
  auto newest = state_->tables.log.newest_removal(set);
  if (!newest) return std::move(newest).error();
  return newest->value_or(0);
}

Result<std::vector<KeyMetadata>> Store::dynamic_metadata(std::string_view set) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->dynamic_sets.metadata(set);
}

Result<std::vector<KeyRename>> Store::keys_renamed_after(std::int64_t seq) {
  return state_->tables.renames.after(seq);
}

Result<DynamicKeys> Store::dynamic_keys_at(std::string_view set, std::int64_t seq) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto changed = state_->dynamic_sets.changed_seq(set);
  if (!changed) return std::move(changed).error();
  return *changed > seq ? state_->past_keys.at(set, seq) : state_->dynamic_sets.keys(set);
}

Result<bool> Store::has_lost_keys_after(std::string_view set, std::int64_t seq) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto changed = state_->dynamic_sets.changed_seq(set);
  if (!changed) return std::move(changed).error();
  if (*changed <= seq) return false;
  return state_->past_keys.any_left_after(set, seq);
}

Result<std::vector<RunRecord>> Store::runs(std::int64_t limit, RunId before) {
  return state_->tables.runs.newest(limit, before);
}

Result<RunRecord> Store::run(RunId run) {
  auto found = state_->tables.runs.find(run);
  if (!found) return std::move(found).error();
  if (!*found) return no_such_run(run);
  return std::move(**found);
}

Result<std::int64_t> Store::began_with(RunId run) {
  return state_->tables.runs.first_seq(run);
}

Result<std::vector<RunRecord>> Store::runs_under_way() {
  return state_->tables.runs.under_way();
}

Result<std::vector<OutputRecord>> Store::unpublished_outputs() {
  return state_->tables.outputs.list();
}

Result<WipeId> Store::next_wipe() {
  return state_->wipes.next();
}

Result<std::vector<WipeRecord>> Store::wipes() {
  return state_->wipes.list();
}

Result<WipeRecord> Store::wipe_record(WipeId wipe) {
  return state_->wipes.find(wipe);
}

Result<std::optional<OutputRecord>> Store::State::move_of(AssetId asset,
                                                          const WipedPartition& wiped) {
  std::optional<OutputRecord> move = wiped.move;
  if (!move || !wiped.known.materialized_seq) return move;
  auto made = reader.made_in(asset, *wiped.known.materialized_seq, wiped.identity);
  if (!made) return std::move(made).error();
  if (!made->output_dir.empty()) move->staged = std::move(made->output_dir);
  return move;
}

Status Store::for_each_wiped(WipeId wipe, const std::function<void(const WipedState&)>& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->wipes.for_each(wipe, [&](AssetId asset, const WipedPartition& wiped) -> Status {
    auto name = state_->tables.names.asset_name(asset);
    if (!name) return std::move(name).error();
    auto now = state_->tables.states.known(asset, wiped.identity);
    if (!now) return std::move(now).error();
    auto move = state_->move_of(asset, wiped);
    if (!move) return std::move(move).error();
    const std::string& key = wiped.known.key.empty() ? wiped.identity : wiped.known.key;
    visit({{*std::move(name), wiped.identity, *std::move(move)},
           key,
           wiped.known.materialized_seq.has_value(),
           *now && (*now)->materialized_seq.has_value(),
           is_former(wiped.identity)});
    return {};
  });
}

std::int64_t Store::last_seq() {
  auto seq = state_->tables.log.last_seq();
  return seq ? *seq : 0;
}

}  // namespace partita
