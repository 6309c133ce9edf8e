#include "service/plan_moves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "plan/basis.hpp"
#include "service/statuses.hpp"

namespace partita {
namespace {

constexpr Index kMostNamed = 10;  // of those that moved alike
constexpr std::size_t kCodeDigits = 12;

// Partitions that are in a plan, and why.
struct Part {
  std::string what;
  PartitionSet partitions;
};

std::string words_of(const PlanTaskView& task, bool blocked) {
  if (blocked) return fmt::format("held back ({})", task.reason);
  return task.conditional ? "to run " + task.reason : task.reason;
}

std::string name_of(const std::string& asset, const std::string& key) {
  return key.empty() ? asset : asset + "@" + quoted_key(key);
}

// Of an asset, one line an entry: equal where the plans hold the same of it.
std::string text_of(const PlanFile& file, const std::string& asset) {
  std::string text;
  const auto add = [&](const std::vector<PlanTaskView>& tasks, bool blocked) {
    for (const PlanTaskView& task : tasks) {
      if (task.asset == asset)
        text += fmt::format("{} {} {}\n", task.partitions, task.count, words_of(task, blocked));
    }
  };
  add(file.tasks, false);
  add(file.blocked, true);
  return text;
}

std::set<std::string> assets_in(const PlanFile& file) {
  std::set<std::string> assets;
  for (const PlanTaskView& task : file.tasks) assets.insert(task.asset);
  for (const PlanTaskView& task : file.blocked) assets.insert(task.asset);
  return assets;
}

// What an expression names of the space, with the keys that it has no more set apart.
class Reading {
 public:
  explicit Reading(const PartitionSpace& space) : space_(space) {}

  PartitionSet of(const PartitionExpr& expr) {
    if (expr.kind == PartitionExpr::Kind::set_union) {
      PartitionSet set = PartitionSet::none(space_.shape());
      for (const auto& part : expr.parts) set = set.united(of(*part));
      return set;
    }
    Result<PartitionSet> set = evaluate(expr, space_, {});
    if (set) return *std::move(set);
    gone.push_back(expr.kind == PartitionExpr::Kind::key ? expr.text : std::string());
    return PartitionSet::none(space_.shape());
  }

  std::vector<std::string> gone;  // empty: of an expression with more in it than a key

 private:
  const PartitionSpace& space_;
};

// Compares the plans of one asset.
class AssetMoves {
 public:
  AssetMoves(const AssetDef& asset, SpacePtr space, Snapshot& snapshot, Store& store)
      : asset_(asset), space_(std::move(space)), snapshot_(snapshot), store_(store) {}

  void add_before(const PlanTaskView& task, bool blocked) {
    PartitionSet set = PartitionSet::all(space_->shape());
    if (asset_.partitions.is_partitioned()) {
      const auto expr = parse_partitions(task.partitions);
      Reading reading(*space_);
      set = expr ? reading.of(**expr) : PartitionSet::none(space_->shape());
      for (const std::string& key : reading.gone) tell_gone(key, words_of(task, blocked));
    }
    before_.push_back({words_of(task, blocked), std::move(set)});
  }

  void add_now(Part part) { now_.push_back(std::move(part)); }

  Result<std::vector<std::string>> lines() {
    PartitionSet told = PartitionSet::none(space_->shape());
    for (const Part& before : before_) {
      PartitionSet rest = before.partitions;
      for (const Part& now : now_) {
        const PartitionSet both = rest.intersected(now.partitions);
        rest = rest.minus(both);
        if (before.what != now.what)
          tell(both, fmt::format("was {}, is {} now", before.what, now.what));
      }
      if (Status added = tell_left(rest, before.what); !added) return std::move(added).error();
      told = told.united(before.partitions);
    }
    for (const Part& now : now_)
      tell(now.partitions.minus(told), fmt::format("was not in it, is {} now", now.what));
    return std::move(lines_);
  }

 private:
  void tell_gone(const std::string& key, const std::string& what) {
    lines_.push_back(key.empty()
                         ? fmt::format("{}: keys of it are gone, which were {}", asset_.key, what)
                         : fmt::format("{}: was {}, is gone", name_of(asset_.key, key), what));
  }

  void tell(const PartitionSet& set, const std::string& text) {
    Index left = kMostNamed;
    set.for_each([&](Index index) {
      lines_.push_back(fmt::format("{}: {}", name_of(asset_.key, space_->key_at(index)), text));
      return --left > 0;
    });
    tell_more(set.count());
  }

  // What is in the plan no more: what became of it.
  Status tell_left(const PartitionSet& set, const std::string& what) {
    Status status;
    Index left = kMostNamed;
    set.for_each([&](Index index) {
      Result<std::string> now = state_of(index);
      if (!now) status = std::move(now).error();
      if (!status) return false;
      lines_.push_back(
          fmt::format("{}: was {}, is {}", name_of(asset_.key, space_->key_at(index)), what, *now));
      return --left > 0;
    });
    tell_more(set.count());
    return status;
  }

  void tell_more(Index count) {
    if (count > kMostNamed)
      lines_.push_back(fmt::format("{}: likewise {} more", asset_.key,
                                   count_of(count - kMostNamed, "partition")));
  }

  Result<std::string> state_of(Index index) {
    auto state = store_.state(asset_.key, space_->identity_at(index));
    if (!state) return std::move(state).error();
    if (!*state) return std::string("missing now");
    if ((*state)->last == Outcome::failed || !(*state)->materialized)
      return fmt::format("{} now (run {})", to_text(display_status((*state)->last)),
                         (*state)->last_run);
    return freshness_of(index);
  }

  Result<std::string> freshness_of(Index index) {
    auto made = store_.materialization(asset_.key, space_->identity_at(index));
    if (!made) return std::move(made).error();
    const std::string by = fmt::format("now (run {})", *made ? (*made)->run : 0);
    Result<const Freshness*> freshness = snapshot_.freshness(asset_);
    if (!freshness) return std::move(freshness).error();
    if ((*freshness)->unknown.contains(index)) return "materialized " + by;
    return ((*freshness)->stale.contains(index) ? "stale " : "fresh ") + by;
  }

  const AssetDef& asset_;
  SpacePtr space_;
  Snapshot& snapshot_;
  Store& store_;
  std::vector<Part> before_, now_;
  std::vector<std::string> lines_;
};

class Moves {
 public:
  Moves(const PlanFile& frozen, const Plan& now, const Settings& settings, Snapshot& snapshot,
        Store& store)
      : frozen_(frozen),
        now_(now),
        now_file_(plan_file_of(now, frozen.request, snapshot)),
        settings_(settings),
        snapshot_(snapshot),
        store_(store) {}

  Result<std::vector<std::string>> find() {
    for (const PlanFile::Code& code : frozen_.code) add_code(code);
    for (const PlanFile::Asset& asset : frozen_.assets) add_config(asset);
    std::set<std::string> assets = assets_in(frozen_);
    assets.merge(assets_in(now_file_));
    for (const std::string& asset : assets) {
      if (text_of(frozen_, asset) == text_of(now_file_, asset) && has_same_keys(asset)) continue;
      if (Status added = add_partitions(asset); !added) return std::move(added).error();
    }
    return std::move(lines_);
  }

 private:
  const PlanFile::Asset* asset_now(const std::string& key) const {
    const auto found = std::find_if(now_file_.assets.begin(), now_file_.assets.end(),
                                    [&](const auto& one) { return one.asset == key; });
    return found == now_file_.assets.end() ? nullptr : &*found;
  }

  bool has_same_keys(const std::string& key) const {
    const PlanFile::Asset* now = asset_now(key);
    return std::ranges::all_of(frozen_.assets, [&](const PlanFile::Asset& then) {
      return then.asset != key || then.keys.empty() || now == nullptr || then.keys == now->keys;
    });
  }

  void add_code(const PlanFile::Code& code) {
    const auto now = std::find_if(now_file_.code.begin(), now_file_.code.end(),
                                  [&](const auto& one) { return one.plugin == code.plugin; });
    if (now == now_file_.code.end() || now->load_hash == code.load_hash) return;
    bool told = false;
    for (const PlanFile::Asset& asset : frozen_.assets) {
      const PlanFile::Asset* other = asset_now(asset.asset);
      const AssetDef* def = snapshot_.catalog().asset(asset.asset);
      if (other == nullptr || def->plugin != code.plugin) continue;
      if (other->code_version == asset.code_version) continue;
      lines_.push_back(fmt::format("code of {}: {} -> {}", asset.asset, shown(asset.code_version),
                                   shown(other->code_version)));
      told = true;
    }
    if (!told)
      lines_.push_back(fmt::format("plugin {}: other code, {} -> {}", code.plugin,
                                   shown(code.load_hash), shown(now->load_hash)));
  }

  static std::string shown(const std::string& version) {
    return version.empty() ? "none" : version.substr(0, kCodeDigits);
  }

  void add_config(const PlanFile::Asset& asset) {
    const PlanFile::Asset* now = asset_now(asset.asset);
    if (now == nullptr) return;
    Basis before, after;
    before.config = asset.config;
    after.config = now->config;
    // What --config sets now was asked for.
    for (const auto& [name, value] : now->config.as_object()) {
      if (is_set_by_flag(asset.asset, name)) before.config.set(name, value);
    }
    for (const BasisChange& change : changes_between(before, after))
      lines_.push_back(fmt::format("{}: {}", asset.asset, change.text));
  }

  bool is_set_by_flag(const std::string& asset, const std::string& name) const {
    const auto is_flag = [&](const std::string& section) {
      const auto origin = settings_.origins.find(setting_name({"config", section, name}));
      return origin != settings_.origins.end() && origin->second.kind == Origin::Kind::flag;
    };
    return is_flag(asset) || is_flag("*");
  }

  Status add_partitions(const std::string& key) {
    const AssetDef* asset = snapshot_.catalog().asset(key);
    if (asset == nullptr) {
      lines_.push_back(fmt::format("{}: is not defined any more", key));
      return {};
    }
    Result<SpacePtr> space = snapshot_.space(*asset);
    if (!space) return std::move(space).error();
    AssetMoves moves(*asset, *std::move(space), snapshot_, store_);
    for (const PlanTaskView& task : frozen_.tasks)
      if (task.asset == key) moves.add_before(task, false);
    for (const PlanTaskView& task : frozen_.blocked)
      if (task.asset == key) moves.add_before(task, true);
    add_now(key, moves);
    Result<std::vector<std::string>> lines = moves.lines();
    if (!lines) return std::move(lines).error();
    if (lines->empty()) lines->push_back(fmt::format("{}: its keys are others", key));
    lines_.insert(lines_.end(), lines->begin(), lines->end());
    return {};
  }

  void add_now(const std::string& key, AssetMoves& moves) const {
    for (const PlannedAsset& asset : now_.assets) {
      if (asset.def.key != key) continue;
      for (const PlannedReason& reason : asset.reasons)
        moves.add_now(
            {words_of({key, {}, reason.text, 0, reason.conditional}, false), reason.partitions});
    }
    for (const BlockedPartitions& blocked : now_.blocked)
      if (blocked.asset == key)
        moves.add_now({words_of({key, {}, blocked.reason}, true), blocked.partitions});
  }

  const PlanFile& frozen_;
  const Plan& now_;
  const PlanFile now_file_;
  const Settings& settings_;
  Snapshot& snapshot_;
  Store& store_;
  std::vector<std::string> lines_;
};

}  // namespace

Result<std::vector<std::string>> moved_since(const PlanFile& frozen, const Plan& now,
                                             const Settings& settings, Snapshot& snapshot,
                                             Store& store) {
  return Moves(frozen, now, settings, snapshot, store).find();
}

}  // namespace partita
