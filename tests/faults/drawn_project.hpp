// A project drawn at random, and the plainest model of what becomes of it: single partitions, each
// with all that was ever attempted at it and read for it, and rules that look at every pair.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace partita::tests {

using Partition = std::pair<std::string, std::string>;  // asset, key
using Partitions = std::set<Partition>;

std::string name_of(const Partition& partition);

using DrawnDependencies = std::vector<std::pair<std::string, std::string>>;  // asset, mapping

struct DrawnAsset {
  std::string name, kind, code_version;
  int retries = 0;
  DrawnDependencies deps;
};

// What a plugin declares. Assets are after those that they depend on.
struct Drawing {
  int letters = 2;
  std::vector<DrawnAsset> assets;

  const DrawnAsset& asset(const std::string& name) const;
  std::vector<std::string> keys(const DrawnAsset& asset) const;
  std::vector<Partition> partitions() const;  // upstream first
  std::vector<Partition> parents(const Partition& partition) const;
  std::string text() const;
};

Drawing draw(std::mt19937& random, int assets);
// Another code version, other dependencies or another key, perhaps.
void redraw(Drawing& drawing, std::mt19937& random);

struct ModelPlan {
  Partitions run, conditional, blocked;  // conditional: of those that run
  bool allow_missing = false;
};

// What a run is asked for.
struct ModelRequest {
  Partitions targets, may_change, not_made;
  bool upstream_missing = false, allow_missing = false;
};

// How a partition of a run came out: as statuses are called, or "unchanged", or "cut short":
// failed, and would have been attempted again.
using Results = std::map<Partition, std::string>;

class Model {
 public:
  // Empty: as it is by itself.
  using Word = std::function<std::string(const Partition&)>;
  Model(Word fate, Word data_version) : fate_(std::move(fate)), given_(std::move(data_version)) {}

  void take(Drawing drawing) { drawing_ = std::move(drawing); }
  const Drawing& drawing() const { return drawing_; }

  Partitions all_of(const std::set<std::string>& assets) const;
  Partitions missing(const Partitions& some) const;
  Partitions failed(const Partitions& some) const;
  Partitions stale(const Partitions& some) const;
  Partitions materialized(const Partitions& some) const;

  ModelPlan plan(const ModelRequest& request) const;
  // What a run had planned and did not bring to an end.
  ModelRequest rest(int run, const ModelPlan& planned, bool resumes) const;

  // As it comes out if nobody disturbs it.
  Results expect(const ModelPlan& plan) const;
  // It has come out like this.
  void happened(int run, const Results& results);
  void wipe(const Partitions& some);

  bool is_cut_short(const Partition& partition) const { return last(partition) == "cut short"; }
  std::string status(const Partition& partition) const;
  // None where it is not materialized.
  std::optional<bool> is_fresh(const Partition& partition) const;

 private:
  struct Made {
    std::string version, code_version;
    DrawnDependencies deps;
    std::map<Partition, std::string> versions;  // of all that there was
  };
  struct State {
    std::optional<Made> made;
    std::vector<std::pair<int, std::string>> attempts;  // run, how it ended
    bool is_wiped = false;                              // since the last
  };

  const State* find(const Partition& partition) const;
  std::string version(const Partition& partition) const;  // empty: not materialized
  std::string last(const Partition& partition, int since = 0) const;
  std::string last_of(const Partition& partition, int run) const;
  bool is_settled(const Partition& partition, int since = 0) const;
  bool reads_other(const Partition& partition) const;
  bool is_stale(const Partition& partition) const;
  std::string attempt(const Partition& partition, const ModelPlan& plan,
                      const Results& results) const;
  void record(int run, const Partition& partition, const std::string& outcome);
  std::string derived_version(const Partition& partition, const DrawnAsset& asset);

  Word fate_, given_;
  Drawing drawing_;
  std::map<Partition, State> states_;
  int attempts_ = 0;
};

}  // namespace partita::tests
