// A small world for planning and scheduling tests: assets in a few words, statuses as given.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace partita::tests {

PartitionsDefinition keys(std::vector<std::string> keys);
PartitionsDefinition daily(std::string start, std::string end);
MappingSpec window_offset(Index start, Index end);

class FakeWorld {
 public:
  // `now` is late enough for every test's partitions to exist.
  FakeWorld& asset(std::string key, PartitionsDefinition partitions,
                   std::vector<Dependency> deps = {});
  AssetDef& def(const std::string& asset);  // to change
  FakeWorld& code_version(const std::string& asset, std::string version);
  FakeWorld& materialized(const std::string& asset, const std::string& partitions);
  FakeWorld& failed(const std::string& asset, const std::string& partitions);
  FakeWorld& skipped(const std::string& asset, const std::string& partitions);

  World world();
  SpacePtr space(const std::string& asset);
  // The plan's targets of an asset, in the grammar; "-" where it has none.
  static std::string targets(const Plan& plan, const std::string& asset);
  Result<Plan> plan(const std::string& selection, Wanted wanted = {}, bool upstream_missing = false,
                    bool allow_missing = false);

 private:
  PartitionSet parse(const std::string& asset, const std::string& partitions);
  Catalog catalog_;
  std::map<std::string, StatusSets> statuses_;
};

}  // namespace partita::tests
