#include "drawn_project.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace partita::tests {
namespace {

constexpr const char* kKinds[] = {"days", "letters", "grid", "one"};
constexpr const char* kDays[] = {"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"};

int any(std::mt19937& random, int n) {
  return std::uniform_int_distribution<int>(0, n - 1)(random);
}

std::string day_of(const std::string& kind, const std::string& key) {
  return kind == "days" || kind == "grid" ? key.substr(0, 10) : "";
}
std::string letter_of(const std::string& kind, const std::string& key) {
  return kind == "letters" || kind == "grid" ? key.substr(key.size() - 1) : "";
}

bool meet(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || a == b;
}

bool follows(const std::string& day, const std::string& before) {
  const auto* at = std::find(std::begin(kDays), std::end(kDays), day);
  return at != std::begin(kDays) && at != std::end(kDays) && *(at - 1) == before;
}

// Days and letters have nothing in common; and one is all anyway.
std::string draw_mapping(const std::string& up, const std::string& down, std::mt19937& random) {
  if (up == "one" || down == "one") return "default";
  const bool fits = !(up == "days" && down == "letters") && !(up == "letters" && down == "days");
  return !fits || any(random, 4) == 0 ? "all" : "default";
}

void draw_dependencies(DrawnAsset& asset, const std::vector<DrawnAsset>& others,
                       std::mt19937& random) {
  asset.deps.clear();
  const int itself = asset.kind == "days" ? any(random, 6) : 6;
  if (itself == 0) asset.deps.emplace_back(asset.name, "before");
  for (const DrawnAsset& other : others) {
    if (other.name == asset.name) break;
    if (any(random, 3) > 0) continue;
    asset.deps.emplace_back(other.name, draw_mapping(other.kind, asset.kind, random));
  }
  if (itself == 1) asset.deps.emplace_back(asset.name, "before");
}

// In which order dependencies are declared makes no difference.
DrawnDependencies in_any_order(DrawnDependencies deps) {
  std::sort(deps.begin(), deps.end());
  return deps;
}

void draw_version(DrawnAsset& asset, std::mt19937& random) {
  const int version = any(random, 4);
  asset.code_version = version == 0 ? "-" : std::to_string(version);
}

}  // namespace

std::string name_of(const Partition& partition) {
  return partition.first + (partition.second.empty() ? "" : "@" + partition.second);
}

// ---- what is declared

const DrawnAsset& Drawing::asset(const std::string& name) const {
  return *std::find_if(assets.begin(), assets.end(),
                       [&](const DrawnAsset& asset) { return asset.name == name; });
}

std::vector<std::string> Drawing::keys(const DrawnAsset& asset) const {
  if (asset.kind == "one") return {""};
  std::vector<std::string> names;
  for (int i = 0; i < letters; ++i) names.emplace_back(1, static_cast<char>('a' + i));
  if (asset.kind == "letters") return names;
  std::vector<std::string> keys;
  for (const std::string day : kDays) {
    if (asset.kind == "days") keys.push_back(day);
    if (asset.kind == "grid")
      for (const std::string& name : names) keys.push_back(day + "|" + name);
  }
  return keys;
}

std::vector<Partition> Drawing::partitions() const {
  std::vector<Partition> all;
  for (const DrawnAsset& asset : assets)
    for (const std::string& key : keys(asset)) all.emplace_back(asset.name, key);
  return all;
}

std::vector<Partition> Drawing::parents(const Partition& partition) const {
  std::vector<Partition> parents;
  const DrawnAsset& down = asset(partition.first);
  for (const auto& [name, mapping] : down.deps) {
    const DrawnAsset& up = asset(name);
    for (const std::string& key : keys(up)) {
      const bool together = meet(day_of(up.kind, key), day_of(down.kind, partition.second)) &&
                            meet(letter_of(up.kind, key), letter_of(down.kind, partition.second));
      const bool related =
          mapping == "all" || (mapping == "before" ? follows(partition.second, key) : together);
      if (related) parents.emplace_back(name, key);
    }
  }
  return parents;
}

std::string Drawing::text() const {
  std::string text = "partita drawing\n";
  for (const DrawnAsset& asset : assets) {
    text += fmt::format("{} {} {} {} {}", asset.name, asset.kind, letters, asset.code_version,
                        asset.retries);
    for (const auto& [name, mapping] : asset.deps) text += " " + name + ":" + mapping;
    text += "\n";
  }
  return text;
}

Drawing draw(std::mt19937& random, int assets) {
  Drawing drawing;
  for (int i = 0; i < assets; ++i) {
    DrawnAsset asset;
    asset.name = fmt::format("a{}", i);
    asset.kind = kKinds[any(random, 4)];
    asset.retries = any(random, 3) == 0 ? 1 : 0;
    draw_version(asset, random);
    draw_dependencies(asset, drawing.assets, random);
    drawing.assets.push_back(std::move(asset));
  }
  return drawing;
}

void redraw(Drawing& drawing, std::mt19937& random) {
  if (any(random, 4) == 0 && drawing.letters < 4) ++drawing.letters;
  for (DrawnAsset& asset : drawing.assets) {
    if (any(random, 3) == 0) draw_version(asset, random);
    if (any(random, 4) == 0) draw_dependencies(asset, drawing.assets, random);
  }
}

// ---- what is known

const Model::State* Model::find(const Partition& partition) const {
  const auto at = states_.find(partition);
  return at == states_.end() ? nullptr : &at->second;
}

std::string Model::version(const Partition& partition) const {
  const State* state = find(partition);
  return state != nullptr && state->made ? state->made->version : std::string();
}

std::string Model::last(const Partition& partition, int since) const {
  const State* state = find(partition);
  if (state == nullptr || state->attempts.empty() || state->is_wiped) return "";
  const auto& [run, outcome] = state->attempts.back();
  return run >= since ? outcome : "";
}

// By that run.
std::string Model::last_of(const Partition& partition, int run) const {
  const State* state = find(partition);
  std::string ended;
  if (state == nullptr) return ended;
  for (const auto& [by, outcome] : state->attempts)
    if (by == run) ended = outcome;
  return ended;
}

// Since a run began: by whichever run, and also if it was wiped since. Without a run: now.
bool Model::is_settled(const Partition& partition, int since) const {
  const State* state = find(partition);
  if (state == nullptr) return false;
  if (since == 0) return state->made || last(partition) == "skipped";
  if (state->attempts.empty()) return false;
  const auto& [run, outcome] = state->attempts.back();
  if (run >= since && outcome == "skipped") return true;
  return std::any_of(state->attempts.begin(), state->attempts.end(), [&](const auto& attempt) {
    return attempt.first >= since && attempt.second == "materialized";
  });
}

bool Model::reads_other(const Partition& partition) const {
  const Made& then = *find(partition)->made;
  const auto parents = drawing_.parents(partition);
  return std::any_of(parents.begin(), parents.end(), [&](const Partition& parent) {
    const auto at = then.versions.find(parent);
    return version(parent) != (at == then.versions.end() ? std::string() : at->second);
  });
}

bool Model::is_stale(const Partition& partition) const {
  const State* state = find(partition);
  if (state == nullptr || !state->made) return false;
  const DrawnAsset& asset = drawing_.asset(partition.first);
  if (asset.code_version != "-" && asset.code_version != state->made->code_version) return true;
  return in_any_order(asset.deps) != state->made->deps || reads_other(partition);
}

std::string Model::status(const Partition& partition) const {
  const std::string ended = last(partition);
  if (ended == "failed" || ended == "cut short") return "failed";
  if (!version(partition).empty()) return "materialized";
  return ended.empty() ? "missing" : ended;
}

std::optional<bool> Model::is_fresh(const Partition& partition) const {
  if (status(partition) != "materialized") return std::nullopt;
  return !is_stale(partition);
}

Partitions Model::all_of(const std::set<std::string>& assets) const {
  Partitions all;
  for (const Partition& partition : drawing_.partitions())
    if (assets.contains(partition.first)) all.insert(partition);
  return all;
}

namespace {

template <class Holds>
Partitions those(const Partitions& some, const Holds& holds) {
  Partitions found;
  std::copy_if(some.begin(), some.end(), std::inserter(found, found.end()), holds);
  return found;
}

}  // namespace

Partitions Model::materialized(const Partitions& some) const {
  return those(some, [&](const Partition& one) { return !version(one).empty(); });
}
Partitions Model::missing(const Partitions& some) const {
  return those(some, [&](const Partition& one) { return version(one).empty(); });
}
Partitions Model::failed(const Partitions& some) const {
  return those(some, [&](const Partition& one) { return status(one) == "failed"; });
}
Partitions Model::stale(const Partitions& some) const {
  return those(some, [&](const Partition& one) { return is_stale(one); });
}

// ---- what is to be done

ModelPlan Model::plan(const ModelRequest& request) const {
  ModelPlan plan;
  plan.allow_missing = request.allow_missing;
  Partitions wanted = request.targets;
  Partitions conditional;
  std::vector<Partition> order = drawing_.partitions();
  if (request.upstream_missing) {
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      if (!wanted.contains(*at)) continue;
      for (const Partition& parent : drawing_.parents(*at))
        if (!is_settled(parent)) wanted.insert(parent);
    }
  }
  Partitions held, not_made = request.not_made;
  for (const Partition& one : order) {
    const auto parents = drawing_.parents(one);
    const auto is_wanted = [&](const Partition& p) { return wanted.contains(p); };
    if (!is_wanted(one) && request.may_change.contains(one) &&
        std::any_of(parents.begin(), parents.end(), is_wanted)) {
      wanted.insert(one);
      conditional.insert(one);
    }
    if (!is_wanted(one)) continue;
    const auto lacks = [&](const Partition& parent) {
      return held.contains(parent) || (!is_wanted(parent) && !is_settled(parent));
    };
    const bool in_vain = std::any_of(parents.begin(), parents.end(),
                                     [&](const Partition& p) { return not_made.contains(p); });
    if (in_vain) not_made.insert(one);
    if (in_vain || (!request.allow_missing && std::any_of(parents.begin(), parents.end(), lacks))) {
      held.insert(one);
      if (!conditional.contains(one)) plan.blocked.insert(one);
    } else {
      plan.run.insert(one);
      if (conditional.contains(one)) plan.conditional.insert(one);
    }
  }
  return plan;
}

ModelRequest Model::rest(int run, const ModelPlan& planned, bool resumes) const {
  ModelRequest request;
  request.allow_missing = planned.allow_missing;
  Partitions all = planned.run;
  all.insert(planned.blocked.begin(), planned.blocked.end());
  for (const Partition& one : all) {
    if (is_settled(one, run)) continue;
    const std::string ended = last(one, run);
    const std::string own = last_of(one, run);
    if (resumes && (own == "failed" || own == "upstream_failed")) {
      request.not_made.insert(one);
      continue;
    }
    const bool in_doubt = planned.conditional.contains(one) && !version(one).empty() &&
                          !is_stale(one) && ended != "failed" && ended != "cut short" &&
                          ended != "cancelled";
    (in_doubt ? request.may_change : request.targets).insert(one);
  }
  return request;
}

// ---- what becomes of it

std::string Model::attempt(const Partition& partition, const ModelPlan& plan,
                           const Results& results) const {
  for (const Partition& parent : drawing_.parents(partition)) {
    const auto at = results.find(parent);
    if (at != results.end() && (at->second == "failed" || at->second == "upstream_failed"))
      return "upstream_failed";
  }
  if (plan.conditional.contains(partition) && !reads_other(partition)) return "unchanged";
  const std::string fate = fate_(partition);
  if (fate == "fail" || fate == "crash") return "failed";
  if (fate == "flaky" && drawing_.asset(partition.first).retries == 0) return "failed";
  return fate == "skip" ? "skipped" : "materialized";
}

Results Model::expect(const ModelPlan& plan) const {
  Model after = *this;
  Results results;
  for (const Partition& one : drawing_.partitions()) {
    if (!plan.run.contains(one)) continue;
    const std::string outcome = after.attempt(one, plan, results);
    results[one] = outcome;
    after.record(0, one, outcome);
  }
  return results;
}

void Model::happened(int run, const Results& results) {
  for (const Partition& one : drawing_.partitions())
    if (const auto at = results.find(one); at != results.end()) record(run, one, at->second);
}

void Model::wipe(const Partitions& some) {
  for (const Partition& one : some) {
    states_[one].made.reset();
    states_[one].is_wiped = true;
  }
}

void Model::record(int run, const Partition& partition, const std::string& outcome) {
  if (outcome == "unchanged") return;
  states_[partition].attempts.emplace_back(run, outcome);
  states_[partition].is_wiped = false;
  if (outcome != "materialized") return;
  const DrawnAsset& asset = drawing_.asset(partition.first);
  Made made{given_(partition), asset.code_version, in_any_order(asset.deps), {}};
  for (const auto& [other, state] : states_)
    if (state.made) made.versions[other] = state.made->version;
  if (made.version.empty()) made.version = derived_version(partition, asset);
  states_[partition].made = std::move(made);
}

// From what it reads now.
std::string Model::derived_version(const Partition& partition, const DrawnAsset& asset) {
  if (asset.code_version == "-") return fmt::format("attempt {}", ++attempts_);
  std::string derived = "derived " + asset.code_version;
  for (const auto& [name, mapping] : in_any_order(asset.deps))
    derived += "|" + name + "=" + mapping;
  const std::vector<Partition> parents = drawing_.parents(partition);
  for (const Partition& parent : Partitions(parents.begin(), parents.end())) {
    const std::string read = version(parent);
    if (!read.empty()) derived += "|" + name_of(parent) + "=" + read;
  }
  return derived;
}

}  // namespace partita::tests
