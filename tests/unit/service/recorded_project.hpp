// A project without plugins, for tests of what follows from what was recorded: assets as values, a
// store, and runs through the real planner, scheduler and recorder, in which tasks end as a
// function says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "execute/scheduler.hpp"
#include "service/settings.hpp"
#include "service/snapshot.hpp"

namespace partita::tests {

class RecordedProject {
 public:
  // How an attempt ends: with this data version (empty: it gives none), or failed.
  struct Ending {
    bool failed = false;
    std::string data_version;
  };
  using Outcome = std::function<Ending(const std::string& asset, const std::string& key)>;

  // `now` is what counts as now for partitions.
  explicit RecordedProject(Instant now = 4'000'000'000);
  ~RecordedProject();
  RecordedProject(const RecordedProject&) = delete;
  RecordedProject& operator=(const RecordedProject&) = delete;

  // Adds the asset, or puts another definition in its place.
  void define(std::string key, PartitionsDefinition partitions, std::vector<Dependency> deps = {},
              std::string code_version = {});
  // How it is run, once it is defined.
  void set_policy(const std::string& key, const RunPolicy& policy);
  void remove(const std::string& key);
  void configure(Json config) { settings_.config = std::move(config); }
  const Catalog& catalog() const { return catalog_; }
  const AssetDef& asset(const std::string& key) const { return *catalog_.asset(key); }
  SpacePtr space(const std::string& key);

  // As `partita materialize` does: the plan that it made.
  struct Made {
    Plan plan;
    RunCounts counts;
    RunId run = 0;
  };
  Made materialize(const std::string& selection, Wanted wanted = {}, const Outcome& outcome = {},
                   bool allow_missing_upstream = false);
  // Recorded without what is known of a run.
  void report(const std::string& asset, const std::string& key, const std::string& data_version);

  Freshness freshness(const std::string& asset);
  // In the grammar; "-" for none, "all" where the asset is not partitioned.
  std::string stale(const std::string& asset);
  std::vector<std::string> reasons(const std::string& asset);
  std::string data_version(const std::string& asset, const std::string& key = {});
  Store& store() { return *store_; }

 private:
  Snapshot snapshot() {
    return {std::make_shared<Catalog>(catalog_), *store_, functions_, now_, settings_.config};
  }

  Path directory_;
  Settings settings_;
  Instant now_;
  Catalog catalog_;
  PluginFunctions functions_{nullptr};
  std::unique_ptr<Store> store_;
};

PartitionsDefinition keys_of_names(std::vector<std::string> names);

}  // namespace partita::tests
