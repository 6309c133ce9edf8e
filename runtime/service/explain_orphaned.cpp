#include <fmt/format.h>

#include "partitions/selection.hpp"
#include "service/attempt_history.hpp"
#include "service/orphaned_assets.hpp"
#include "service/orphans.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

Result<std::string> key_of(std::string_view asset, std::string_view text) {
  if (text.empty()) return std::string();
  auto expr = parse_partitions(text);
  if (!expr) return std::move(expr).error();
  if ((*expr)->kind == PartitionExpr::Kind::key) return (*expr)->text;
  return usage_error(fmt::format("explain `{}@{}`: no definition has the asset any more, so only a "
                                 "key can be found",
                                 asset, text),
                     fmt::format("`partita partitions {}` shows the keys", asset));
}

// An identity cannot be told from a key without a definition.
Result<PartitionState> state_at(const std::string& asset, const std::string& key, Store& store) {
  std::optional<PartitionState> found;
  Status read = store.for_each_state(asset, [&](const PartitionState& state) {
    if (state.key == key) found = state;
  });
  if (!read) return std::move(read).error();
  if (found) return *std::move(found);
  const std::string hint = fmt::format("`partita partitions {}` shows the keys", asset);
  if (key.empty()) return usage_error(fmt::format("explain `{}`: which partition?", asset), hint);
  return Error{ErrorCode::not_found,
               fmt::format("explain `{}@{}`: nothing is known of it", asset, key), hint};
}

Status add_checks(const PartitionState& state, Store& store, ExplainView& view) {
  auto last = store.last_checks(view.asset, state.identity);
  if (!last) return std::move(last).error();
  for (const LastCheck& check : *last)
    view.checks.push_back({to_view(check.result), check.run, check.at / 1'000'000});
  return {};
}

}  // namespace

Result<ExplainView> explain_orphaned(std::string_view partition, std::int64_t most_attempts,
                                     Store& store) {
  const std::size_t at = partition.find('@');
  const std::string asset(partition.substr(0, at));
  Result<std::string> key =
      key_of(asset, at == std::string_view::npos ? std::string_view() : partition.substr(at + 1));
  if (!key) return std::move(key).error();
  Result<PartitionState> state = state_at(asset, *key, store);
  if (!state) return std::move(state).error();
  Result<ExplainView> view = explain_kept(asset, *state, most_attempts, store);
  if (view) view->orphaned = true;
  return view;
}

Result<ExplainView> explain_kept(const std::string& asset, const PartitionState& state,
                                 std::int64_t most_attempts, Store& store) {
  ExplainView view;
  view.asset = asset;
  view.key = state.key;
  view.status = status_of(state.last, state.materialized);
  view.status_reason = state.reason;
  Result<std::optional<Materialization>> made = store.materialization(asset, state.identity);
  if (!made) return std::move(made).error();
  if (*made) view.made = to_view(**made);
  if (Status added = add_attempts(asset, state.identity, most_attempts, store, view); !added)
    return std::move(added).error();
  if (Status added = add_checks(state, store, view); !added) return std::move(added).error();
  return view;
}

}  // namespace partita
