#include "service/data_versions.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/sha256.hpp"

namespace partita {
namespace {

constexpr std::size_t kVersionDigits = 32;

// Each version with how many partitions in a row have it, and how many before those have none. One
// that is like no other's is told by the event that made it, since the partition's place is known.
class VersionList {
 public:
  explicit VersionList(Index count) { bytes_.u64(static_cast<std::uint64_t>(count)); }

  void add(Run places, const Provenance& from) {
    const bool goes_on = run_.end == places.begin && run_.size() > 0 && from.version == version_ &&
                         (version_ != 0 || from.changed_seq == changed_seq_);
    if (!goes_on) {
      write_run();
      bytes_.u64(static_cast<std::uint64_t>(places.begin - run_.end));
      run_.begin = places.begin;
    }
    run_.end = places.end;
    version_ = from.version;
    changed_seq_ = from.changed_seq;
  }

  std::string take() {
    write_run();
    return bytes_.take();
  }

 private:
  void write_run() {
    if (run_.size() == 0) return;
    bytes_.u64(static_cast<std::uint64_t>(run_.size()));
    bytes_.u64(version_);
    if (version_ == 0) bytes_.i64(changed_seq_);
  }

  ByteWriter bytes_;
  Run run_;
  std::uint64_t version_ = 0;
  std::int64_t changed_seq_ = 0;
};

}  // namespace

Status DataVersions::prepare(const std::vector<std::shared_ptr<const std::string>>& bases) {
  for (std::size_t i = 0; i < plan_.assets.size(); ++i) {
    const PlannedAsset& planned = plan_.assets[i];
    rules_.emplace_back();
    if (planned.def.code_version.empty()) continue;
    Result<Rule> rule = rule_of(planned, *bases[i]);
    if (!rule) return std::move(rule).error();
    rules_.back() = *std::move(rule);
  }
  return {};
}

Result<DataVersions::Rule> DataVersions::rule_of(const PlannedAsset& planned,
                                                 const std::string& basis) {
  ByteWriter start;
  start.text(snapshot_.catalog().code_version(planned.def));
  start.text(basis);
  Rule rule{start.take(), {}};
  // In whatever order they were declared.
  std::vector<Dependency> deps = planned.def.deps;
  std::sort(deps.begin(), deps.end(),
            [](const auto& a, const auto& b) { return a.asset < b.asset; });
  for (const Dependency& dep : deps) {
    const AssetDef* upstream = snapshot_.catalog().asset(dep.asset);
    if (upstream == nullptr) continue;
    auto mapping = mapping_between(dep, *upstream, planned.def, snapshot_.world());
    if (!mapping) return std::move(mapping).error();
    Result<ProvenanceFollower*> follower = follow(*upstream);
    if (!follower) return std::move(follower).error();
    rule.inputs.push_back({*follower, *std::move(mapping), {}, 0, {}});
  }
  return rule;
}

Result<ProvenanceFollower*> DataVersions::follow(const AssetDef& upstream) {
  if (const auto at = followers_.find(upstream.key); at != followers_.end()) {
    return at->second.get();
  }
  Result<SpacePtr> space = snapshot_.space(upstream);
  if (!space) return std::move(space).error();
  auto follower = writer_.follow_provenance(upstream.key, *std::move(space));
  if (!follower) return std::move(follower).error();
  return followers_.emplace(upstream.key, *std::move(follower)).first->second.get();
}

Status DataVersions::catch_up() {
  for (auto& [asset, follower] : followers_) {
    Result<bool> news = follower->catch_up();
    if (!news) return std::move(news).error();
    if (!*news) continue;
    for (std::optional<Rule>& rule : rules_) {
      if (!rule) continue;
      for (Input& input : rule->inputs) {
        if (input.upstream == follower.get()) input.versions.clear();
      }
    }
  }
  return {};
}

std::string DataVersions::of(std::size_t asset, Index partition, std::int64_t read_seq) {
  if (!rules_[asset]) return {};
  Rule& rule = *rules_[asset];
  Sha256 digest;
  digest.add(rule.start);
  const std::vector<Index>& shape = plan_.assets[asset].space->shape();
  const PartitionSet one = PartitionSet::of_index(shape, partition);
  for (Input& input : rule.inputs) {
    PartitionSet partitions = input.mapping->upstream_of(one).existing;
    if (input.versions.empty() || partitions != input.partitions) {
      input.partitions = std::move(partitions);
      read(input);
    }
    if (input.changed_seq > read_seq) return {};
    digest.add(input.versions);
  }
  return digest.hex().substr(0, kVersionDigits);
}

void DataVersions::read(Input& input) {
  VersionList versions(input.partitions.count());
  input.changed_seq = 0;
  Index place = 0;
  input.partitions.for_each_run([&](Run some) {
    input.upstream->for_each(some, [&](Run made, const Provenance& from) {
      input.changed_seq = std::max(input.changed_seq, from.changed_seq);
      const Index begin = place + (made.begin - some.begin);
      versions.add({begin, begin + made.size()}, from);
    });
    place += some.size();
    return true;
  });
  input.versions = versions.take();
}

}  // namespace partita
