// What is known of single partitions, and what was attempted at them.
#include "store/store_state.hpp"

namespace partita {

Status Store::for_each_state(std::string_view asset,
                             const std::function<void(const PartitionState&)>& visit) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.states.for_each(**id, visit) : Status();
}

Result<std::vector<PartitionState>> Store::states_at_ends(std::string_view asset,
                                                          std::int64_t most) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<PartitionState>();
  return state_->tables.states.at_ends(**id, most);
}

Result<std::int64_t> Store::count_states(std::string_view asset) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.states.counted(**id) : Result<std::int64_t>(0);
}

Result<std::vector<StateCount>> Store::count_by_state(std::string_view asset) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<StateCount>();
  return state_->tables.states.counted_by_state(**id);
}

Result<std::vector<KnownAsset>> Store::known_assets() {
  return state_->tables.states.assets();
}

Result<std::vector<std::string>> Store::recorded_assets() {
  return state_->tables.names.assets();
}

Result<std::optional<PartitionState>> Store::state(std::string_view asset,
                                                   std::string_view identity) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<PartitionState>();
  return state_->tables.states.find(**id, identity);
}

Result<std::optional<Materialization>> Store::materialization(std::string_view asset,
                                                              std::string_view identity) {
  std::optional<Materialization> found;
  const std::string wanted(identity);
  auto read = for_each_materialization(asset, {&wanted, 1},
                                       [&](const Materialization& made) { found = made; });
  if (!read) return std::move(read).error();
  return found;
}

Result<std::optional<Materialization>> Store::latest_materialization(std::string_view asset) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<Materialization>();
  return state_->reader.latest(**id);
}

Status Store::for_each_materialization(std::string_view asset,
                                       std::span<const std::string> identities,
                                       const std::function<void(const Materialization&)>& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return {};
  for (const std::string& identity : identities) {
    auto found = state_->reader.materialization(**id, identity);
    if (!found) return std::move(found).error();
    if (*found) visit(**found);
  }
  return {};
}

Status Store::for_each_check(std::string_view asset, const CheckCountVisitor& visit) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.checks.for_each_count(**id, visit) : Status();
}

Status Store::for_each_check_result(std::string_view asset, CheckResults which,
                                    const CheckResultVisitor& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return {};
  return which == CheckResults::not_passed ? state_->tables.checks.for_each_not_passed(**id, visit)
                                           : state_->tables.checks.for_each(**id, visit);
}

Result<std::vector<LastCheck>> Store::last_checks(std::string_view asset,
                                                  std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->reader.checks(**id, identity) : std::vector<LastCheck>();
}

Result<std::vector<AttemptRecord>> Store::attempts(RunId run, bool failed_only,
                                                   std::int64_t limit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->reader.of_run(run, failed_only, limit);
}

Result<std::optional<AttemptRecord>> Store::last_attempt(std::string_view asset,
                                                         std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<AttemptRecord>();
  auto attempt = state_->reader.last(**id, identity);
  if (attempt && *attempt) (*attempt)->asset = asset;
  return attempt;
}

Result<std::vector<AttemptRecord>> Store::attempts_at(std::string_view asset,
                                                      std::string_view identity,
                                                      std::int64_t limit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<AttemptRecord>();
  auto attempts = state_->reader.at(**id, identity, limit);
  if (!attempts) return attempts;
  for (AttemptRecord& attempt : *attempts) attempt.asset = asset;
  return attempts;
}

Result<std::string> Store::log(RunId run, std::string_view asset, std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::string();
  return state_->reader.log(run, **id, identity);
}

Result<std::optional<AttemptRecord>> Store::attempt(RunId run, std::string_view asset,
                                                    std::string_view identity, int number) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<AttemptRecord>();
  auto attempt = state_->reader.numbered(run, **id, identity, number);
  if (!attempt) return attempt;
  if (*attempt) (*attempt)->asset = asset;
  return attempt;
}

Result<std::vector<AttemptRecord>> Store::ended_with(const AttemptRecord& attempt) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(attempt.asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<AttemptRecord>();
  return state_->reader.ended_with(**id, attempt);
}

Result<double> Store::typical_seconds(std::string_view asset) {
  Rows rows =
      state_->database->statement("SELECT typical_micros FROM asset WHERE name = ?").query(asset);
  double micros = 0;
  if (rows.next()) micros = rows.real(0);
  if (!rows.status()) return rows.status().error();
  return micros / 1e6;
}

}  // namespace partita
