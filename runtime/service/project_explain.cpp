#include <fmt/format.h>

#include "base/text.hpp"
#include "plan/plan.hpp"
#include "service/attempt_history.hpp"
#include "service/live_runs.hpp"
#include "service/orphaned_assets.hpp"
#include "service/orphans.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr Index kMostUpstreamLookedAt = 1000;
constexpr std::size_t kMostLackingNamed = 3;

struct Place {
  const AssetDef* asset = nullptr;
  SpacePtr space;
  Index index = 0;
  std::string key, identity;
};

// A partition that the definition of the asset, which there is, does not have any more; the one
// that was attempted last, where several had the key.
Result<std::optional<PartitionState>> orphan_at(std::string_view text, Snapshot& snapshot,
                                                Store& store) {
  std::optional<PartitionState> found;
  const std::size_t at = text.find('@');
  const AssetDef* asset = snapshot.catalog().asset(text.substr(0, at));
  if (asset == nullptr || at == std::string_view::npos) return found;
  auto expr = parse_partitions(text.substr(at + 1));
  if (!expr || (*expr)->kind != PartitionExpr::Kind::key) return found;
  Status read = for_each_orphan(asset->key, snapshot, store, [&](const PartitionState& state) {
    if (state.key == (*expr)->text && (!found || found->last_seq < state.last_seq)) found = state;
  });
  if (!read) return std::move(read).error();
  return found;
}

Result<PartitionSet> named_by(const PartitionExpr& expr, const AssetDef& asset,
                              Snapshot& snapshot) {
  Result<SpacePtr> space = snapshot.space(asset);
  if (!space) return std::move(space).error();
  Result<StatusSets> statuses = snapshot.world().statuses(asset);
  if (!statuses) return std::move(statuses).error();
  Result<const Freshness*> freshness = snapshot.freshness(asset);
  if (!freshness) return std::move(freshness).error();
  statuses->stale = (*freshness)->stale;
  return evaluate(expr, **space, *statuses);
}

Result<Index> index_of(const AssetDef& asset, std::string_view text, Snapshot& snapshot) {
  if (!asset.partitions.is_partitioned()) {
    if (text.empty()) return Index{0};
    return usage_error(fmt::format("explain `{}`: it is not partitioned", asset.key),
                       fmt::format("partita explain {}", asset.key));
  }
  const std::string hint = fmt::format("`partita partitions {}` shows the keys", asset.key);
  if (text.empty())
    return usage_error(fmt::format("explain `{}`: which partition?", asset.key), hint);
  auto expr = parse_partitions(text);
  if (!expr) return std::move(expr).error();
  Result<PartitionSet> set = named_by(**expr, asset, snapshot);
  if (!set) return std::move(set).error().wrap(fmt::format("explain `{}`", asset.key));
  if (set->count() == 1) return *set->first();
  return usage_error(fmt::format("explain `{}@{}`: it names {}", asset.key, text,
                                 count_of(set->count(), "partition")),
                     "name one; " + hint);
}

Result<Place> place_of(std::string_view text, Snapshot& snapshot) {
  const std::size_t at = text.find('@');
  Result<const AssetDef*> asset = snapshot.find(text.substr(0, at));
  if (!asset) return std::move(asset).error();
  Result<SpacePtr> space = snapshot.space(**asset);
  if (!space) return std::move(space).error();
  Result<Index> index = index_of(
      **asset, at == std::string_view::npos ? std::string_view() : text.substr(at + 1), snapshot);
  if (!index) return std::move(index).error();
  return Place{*asset, *space, *index, (*space)->key_at(*index), (*space)->identity_at(*index)};
}

DisplayStatus status_at(const StatusMap& statuses, Index index) {
  for (const auto& [status, set] : statuses) {
    if (set.contains(index)) return status;
  }
  return DisplayStatus::missing;
}

std::vector<ExplainView::Upstream> with_notes_first(
    const std::vector<ExplainView::Upstream>& upstream) {
  std::vector<ExplainView::Upstream> ordered;
  ordered.reserve(upstream.size());
  for (const bool noted : {true, false}) {
    for (const ExplainView::Upstream& one : upstream) {
      if (one.note.empty() != noted) ordered.push_back(one);
    }
  }
  return ordered;
}

const char* words_of_lacking(const ExplainView::Upstream& one) {
  if (one.kind == ExplainView::Upstream::Kind::nonexistent) return "does not exist";
  if (one.kind == ExplainView::Upstream::Kind::external) return "was not reported";
  if (one.status == DisplayStatus::upstream_failed) return "is held back itself";
  if (one.status == DisplayStatus::failed) return "failed";
  return one.status == DisplayStatus::cancelled ? "was cancelled" : "is missing";
}

bool is_lacking(const ExplainView::Upstream& one) {
  if (one.kind == ExplainView::Upstream::Kind::nonexistent) return true;
  return one.status != DisplayStatus::materialized && one.status != DisplayStatus::skipped &&
         one.status != DisplayStatus::running && one.status != DisplayStatus::queued;
}

// What a partition needs and has not; empty: nothing.
std::string lacking_text(const std::vector<ExplainView::Upstream>& upstream) {
  std::string text;
  std::size_t lacking = 0;
  for (const ExplainView::Upstream& one : upstream) {
    if (!is_lacking(one) || ++lacking > kMostLackingNamed) continue;
    text += fmt::format("{}{}{}, which {}", text.empty() ? "needs " : "; ", one.asset,
                        one.key.empty() ? "" : "@" + quoted_key(one.key), words_of_lacking(one));
  }
  if (lacking > kMostLackingNamed)
    text += fmt::format("; and {} more", lacking - kMostLackingNamed);
  return text;
}

class Explanation {
 public:
  Explanation(Place place, std::int64_t most_attempts, Snapshot& snapshot, Store& store,
              LiveRuns& live)
      : place_(std::move(place)),
        most_attempts_(most_attempts),
        snapshot_(snapshot),
        store_(store),
        live_(live) {}

  Result<ExplainView> explain() {
    view_.asset = place_.asset->key;
    view_.key = place_.key;
    view_.code_version = snapshot_.catalog().code_version(*place_.asset);
    view_.code_is_automatic = place_.asset->code_version == "auto";
    for (const auto& step :
         {&Explanation::add_status, &Explanation::add_made, &Explanation::add_freshness,
          &Explanation::add_upstream, &Explanation::add_attempts, &Explanation::add_checks,
          &Explanation::add_held_back}) {
      if (Status done = (this->*step)(); !done) return std::move(done).error();
    }
    return std::move(view_);
  }

 private:
  Status add_status() {
    Result<ShownStatuses> shown = shown_statuses(*place_.asset, snapshot_, live_);
    if (!shown) return std::move(shown).error();
    view_.status = status_at(shown->statuses, place_.index);
    if (const RunShare* share = shown->share_at(place_.index)) {
      view_.live_run = share->run;
      view_.status_reason = shown->activity_at(place_.index);
      return {};
    }
    auto state = store_.state(place_.asset->key, place_.identity);
    if (!state) return std::move(state).error();
    if (!*state) return {};
    // Of what is there, a later attempt in vain is told with the attempts.
    const bool in_vain = (*state)->last != Outcome::materialized;
    if (in_vain && view_.status == DisplayStatus::materialized) return {};
    view_.status_reason = (*state)->reason;
    return {};
  }

  Status add_made() {
    auto made = store_.materialization(place_.asset->key, place_.identity);
    if (!made) return std::move(made).error();
    if (!*made) return {};
    made_ = std::move(**made);
    view_.made = to_view(*made_);
    return {};
  }

  Status add_freshness() {
    using State = ExplainView::Freshness;
    if (!made_) return {};
    Result<const Freshness*> freshness = snapshot_.freshness(*place_.asset);
    if (!freshness) return std::move(freshness).error();
    const Freshness& known = **freshness;
    view_.freshness = State::fresh;
    if (known.stale.contains(place_.index)) view_.freshness = State::stale;
    if (known.unknown.contains(place_.index)) {
      view_.freshness = State::unknown;
      view_.reasons.push_back({"unknown", known.unknown_reason});
    }
    for (const StaleReason& reason : known.reasons) {
      if (reason.partitions.contains(place_.index))
        view_.reasons.push_back({to_text(reason.kind), reason.text});
    }
    return {};
  }

  Status add_upstream() {
    for (const Dependency& dep : place_.asset->deps) {
      const AssetDef* upstream = snapshot_.catalog().asset(dep.asset);
      if (upstream == nullptr) {
        view_.upstream.push_back({dep.asset, {}, DisplayStatus::missing, "is not defined"});
        continue;
      }
      // Of what cannot be mapped held_back tells.
      if (!snapshot_.catalog().fault_of(*place_.asset, dep).empty()) continue;
      if (Status added = add_upstream_of(dep, *upstream); !added) return added;
    }
    // What was recorded is said of all that the run held back together.
    if (view_.status == DisplayStatus::upstream_failed) {
      if (std::string own = lacking_text(view_.upstream); !own.empty())
        view_.status_reason = std::move(own);
    }
    view_.upstream = with_notes_first(view_.upstream);
    if (view_.upstream.size() > kMostUpstreamShown) view_.upstream.resize(kMostUpstreamShown);
    return {};
  }

  Status add_upstream_of(const Dependency& dep, const AssetDef& upstream) {
    auto mapping = mapping_between(dep, upstream, *place_.asset, snapshot_.world());
    if (!mapping) return std::move(mapping).error();
    Result<SpacePtr> space = snapshot_.space(upstream);
    if (!space) return std::move(space).error();
    Result<ShownStatuses> shown = shown_statuses(upstream, snapshot_, live_);
    if (!shown) return std::move(shown).error();
    const PartitionSet one = PartitionSet::of_index(place_.space->shape(), place_.index);
    const UpstreamPartitions needed = (*mapping)->upstream_of(one);
    for (const std::string& key : needed.nonexistent)
      view_.upstream.push_back({upstream.key, key, DisplayStatus::missing, "does not exist"});
    view_.upstream_count += needed.existing.count() + static_cast<Index>(needed.nonexistent.size());
    Status status;
    Index left = kMostUpstreamLookedAt;
    needed.existing.for_each([&](Index index) {
      Result<std::string> note = note_on(upstream, **space, index);
      if (!note) status = std::move(note).error();
      if (!status) return false;
      using Kind = ExplainView::Upstream::Kind;
      view_.upstream.push_back({upstream.key, (*space)->key_at(index),
                                status_at(shown->statuses, index), *std::move(note),
                                upstream.policy.external ? Kind::external : Kind::made_here});
      return --left > 0;
    });
    return status;
  }

  // What became of an upstream partition after this one read it.
  Result<std::string> note_on(const AssetDef& upstream, const PartitionSpace& space, Index index) {
    auto attempts = store_.attempts_at(upstream.key, space.identity_at(index), kMostAttempts);
    if (!attempts) return std::move(attempts).error();
    const AttemptRecord* now = nullptr;
    const AttemptRecord* then = nullptr;
    for (const AttemptRecord& attempt : *attempts) {
      if (attempt.outcome != Outcome::materialized) continue;
      if (now == nullptr) now = &attempt;
      if (!made_ || attempt.seq > made_->read_seq) continue;
      then = &attempt;
      break;
    }
    const bool was_skipped = !attempts->empty() && attempts->front().outcome == Outcome::skipped;
    if (now == nullptr) return std::string(was_skipped ? "" : "is missing");
    const bool own_call =
        upstream.key == place_.asset->key && made_ && now->read_seq == made_->read_seq;
    if (!made_ || now == then || own_call) return std::string();
    if (then == nullptr) return fmt::format("made by run {}, after it was read", now->run);
    if (now->data_version == then->data_version) return std::string();
    return fmt::format("changed by run {}: data version {} -> {}", now->run, then->data_version,
                       now->data_version);
  }

  Status add_attempts() {
    return partita::add_attempts(place_.asset->key, place_.identity, most_attempts_, store_, view_);
  }

  Status add_checks() {
    auto last = store_.last_checks(place_.asset->key, place_.identity);
    if (!last) return std::move(last).error();
    for (const CheckDef* check : snapshot_.catalog().checks_on(place_.asset->key)) {
      LastCheckView& view = view_.checks.emplace_back();
      view.result.name = check->name;
      view.result.blocking = check->blocking;
      view.result.warning = check->severity == CheckDef::Severity::warning;
      for (const LastCheck& one : *last) {
        if (one.result.name != check->name) continue;
        view.result = to_view(one.result);
        view.run = one.run;
        view.at = one.at / 1'000'000;
      }
    }
    return {};
  }

  // What a plan of just this partition would say.
  Status add_held_back() {
    if (view_.live_run != 0) return {};
    if (place_.asset->policy.external) {
      view_.is_external = true;
      view_.held_back = "it is external: made elsewhere and reported";
      return {};
    }
    PlanRequest request;
    request.targets.emplace(place_.asset->key,
                            PartitionSet::of_index(place_.space->shape(), place_.index));
    Result<Plan> plan = make_plan(request, snapshot_.world());
    if (!plan) return std::move(plan).error();
    if (plan->blocked.empty()) return {};
    view_.held_back = plan->blocked.front().reason;
    request.upstream_missing = true;
    plan = make_plan(request, snapshot_.world());
    if (!plan) return std::move(plan).error();
    view_.upstream_would_do = plan->blocked.empty();
    return {};
  }

  const Place place_;
  const std::int64_t most_attempts_;  // 0: all
  Snapshot& snapshot_;
  Store& store_;
  LiveRuns& live_;
  std::optional<Materialization> made_;
  ExplainView view_;
};

}  // namespace

Result<ExplainView> Project::explain(std::string_view partition, std::int64_t most_attempts) {
  Result<LiveRuns> live = LiveRuns::look(state_->settings, *state_->catalog, *state_->store);
  if (!live) return std::move(live).error();
  Snapshot snapshot = state_->snapshot();
  Result<bool> orphaned = snapshot.is_orphaned(partition.substr(0, partition.find('@')));
  if (!orphaned) return std::move(orphaned).error();
  if (*orphaned) return explain_orphaned(partition, most_attempts, *state_->store);
  Result<Place> place = place_of(partition, snapshot);
  if (!place) {
    auto orphan = orphan_at(partition, snapshot, *state_->store);
    if (!orphan) return std::move(orphan).error();
    if (!*orphan) return std::move(place).error();
    const std::string asset(partition.substr(0, partition.find('@')));
    Result<ExplainView> view = explain_kept(asset, **orphan, most_attempts, *state_->store);
    if (view) view->orphan = true;
    return view;
  }
  return Explanation(*std::move(place), most_attempts, snapshot, *state_->store, *live).explain();
}

}  // namespace partita
