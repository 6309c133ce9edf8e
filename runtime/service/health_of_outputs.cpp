#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "service/health_checks.hpp"
#include "service/project_state.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

// Each costs a look into the log and one at the disk; so many take well under a second.
constexpr std::int64_t kMostLookedAt = 4'000;
constexpr std::size_t kMostNamed = 3;

struct Gone {
  std::string asset, key, output;
};

// Of every asset the first and the last partitions, as many as there is time for.
class PublishedOutputs {
 public:
  PublishedOutputs(const Settings& settings, Store& store) : settings_(settings), store_(store) {}

  Status look() {
    const Result<Catalog> catalog = current_catalog(store_);
    if (!catalog) return catalog.error();
    const std::vector<std::string> assets = catalog->asset_keys();
    std::int64_t left = kMostLookedAt;
    for (std::size_t i = 0; i < assets.size(); ++i) {
      const auto later = static_cast<std::int64_t>(assets.size() - i);
      if (Status looked = look_at(assets[i], std::max<std::int64_t>(1, left / later)); !looked)
        return looked;
      left = kMostLookedAt - looked_at_;
    }
    return leave_out_pending();
  }

  void tell(HealthChecks& checks) const {
    if (!gone_.empty()) return checks.problem("published", gone_text(), hint());
    if (outputs_ == 0 && looked_at_ == known_)
      return checks.ok("published", "there are no outputs");
    if (looked_at_ == known_)
      return checks.ok("published", fmt::format("{} where they belong", outputs_text(outputs_)));
    checks.ok("published",
              fmt::format("{} where they belong; {}", outputs_text(outputs_), extent()));
  }

 private:
  static std::string outputs_text(std::int64_t count) {
    return count == 1 ? "1 output is" : fmt::format("{} outputs are", with_thousands(count));
  }

  Status look_at(const std::string& asset, std::int64_t most) {
    const Result<std::int64_t> known = store_.count_states(asset);
    if (!known) return known.error();
    known_ += *known;
    const Result<std::vector<PartitionState>> states = store_.states_at_ends(asset, most);
    if (!states) return states.error();
    looked_at_ += static_cast<std::int64_t>(states->size());
    std::vector<std::string> identities;
    for (const PartitionState& state : *states) {
      if (state.materialized) identities.push_back(state.identity);
    }
    return store_.for_each_materialization(
        asset, identities, [&](const Materialization& made) { look_for(asset, made); });
  }

  void look_for(const std::string& asset, const Materialization& made) {
    if (made.output_dir.empty()) return;
    ++outputs_;
    std::error_code failed;
    const Path output = settings_.directory / made.output_dir;
    if (std::filesystem::exists(output, failed) || failed) return;
    gone_.push_back({asset, made.key, output.string()});
  }

  // What is durable and on its way is not there yet: read last, since it may have got there since.
  Status leave_out_pending() {
    const Result<std::vector<OutputRecord>> pending = store_.unpublished_outputs();
    if (!pending) return pending.error();
    std::set<std::string> targets;
    for (const OutputRecord& output : *pending)
      targets.insert((settings_.directory / output.target).string());
    std::error_code failed;
    std::erase_if(gone_, [&](const Gone& gone) {
      return targets.contains(gone.output) || std::filesystem::exists(gone.output, failed);
    });
    return {};
  }

  std::string extent() const {
    return fmt::format("of {} only the first and the last of each asset were looked at, {} in all",
                       count_of(known_, "partition"), with_thousands(looked_at_));
  }

  std::string gone_text() const {
    const Gone& first = gone_.front();
    const auto count = static_cast<std::int64_t>(gone_.size());
    const std::string text = fmt::format(
        "{} gone: {}{} of {}, which counts as materialized",
        count == 1 ? "1 published output is" : count_of(count, "published output") + " are",
        count == 1 ? "" : "as ",
        Path(first.output).lexically_relative(settings_.directory).string(), selection_of({first}));
    return looked_at_ == known_ ? text : text + "; " + extent();
  }

  static std::string selection_of(const std::vector<Gone>& gone) {
    std::vector<std::string> keys;
    for (const Gone& one : gone) keys.push_back(quoted_key(one.key));
    const std::string& asset = gone.front().asset;
    if (gone.front().key.empty()) return asset;
    return keys.size() == 1 ? asset + "@" + keys.front() : asset + "@{" + join(keys, ",") + "}";
  }

  std::string hint() const {
    std::vector<Gone> of_first;
    std::set<std::string> assets;
    for (const Gone& one : gone_) {
      if (one.asset == gone_.front().asset) of_first.push_back(one);
      assets.insert(one.asset);
    }
    std::string hint = of_first.size() > kMostNamed || looked_at_ < known_
                           ? fmt::format("partita materialize {} --all", gone_.front().asset)
                           : fmt::format("partita materialize '{}'", selection_of(of_first));
    const auto others = static_cast<std::int64_t>(assets.size()) - 1;
    return others == 0 ? hint : hint + ", and so for " + count_of(others, "other asset");
  }

  const Settings& settings_;
  Store& store_;
  std::int64_t known_ = 0, looked_at_ = 0;  // partitions of which something is known
  std::int64_t outputs_ = 0;                // that they published
  std::vector<Gone> gone_;
};

}  // namespace

void check_published(const Settings& settings, Store& store, HealthChecks& checks) {
  PublishedOutputs outputs(settings, store);
  if (Status looked = outputs.look(); !looked)
    return checks.not_looked_at("published", looked.error().message, looked.error().hint);
  outputs.tell(checks);
}

}  // namespace partita
