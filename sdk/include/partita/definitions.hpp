// Definitions: what a plugin declares, collected while its body runs and handed to the host after
// it.
//
//   defs.asset("revenue").monthly("2024-01-01").from("orders") = [](partita::Run& run) { ... };
//   defs.check("no_gaps").on("revenue").blocking() = [](partita::Run& run) { return true; };
//
// Knows nothing of the other plugins: that a dependency exists, and that keys and dates are valid,
// is for the host to say. One thread.
#pragma once

#include <partita/abi.h>
#include <partita/check.hpp>
#include <partita/detail/callable.hpp>
#include <partita/errors.hpp>
#include <partita/mapping.hpp>
#include <partita/partitions.hpp>
#include <partita/retry.hpp>
#include <partita/run.hpp>

#include <cstdint>
#include <list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

struct Tag {
  std::string name;
  std::string value;
};

struct Dependency {
  std::string asset;
  Mapping mapping;
};

// In place of a code version: any change of the plugin's code makes other data.
struct AutoVersion {};
inline constexpr AutoVersion auto_version;

// What an asset asks of the process that its partitions run in.
enum class Isolation : std::uint32_t {
  worker = PARTITA_ISOLATION_WORKER,       // a worker process, also where the project has threads
  partition = PARTITA_ISOLATION_PARTITION  // a process of its own for each partition
};

inline constexpr std::uint64_t MiB = std::uint64_t{1} << 20U;
inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30U;

// How an asset's partitions are run.
struct RunSpec {
  RetryPolicy retry;
  double time_limit = 0;  // seconds; 0: none, as of every limit
  double cpu_limit = 0;
  std::uint64_t memory_limit = 0;  // bytes
  std::int32_t priority = 0;
  std::uint32_t isolation = PARTITA_ISOLATION_DEFAULT;
  std::uint64_t batch = 0;  // 0: one partition a call
  bool exclusive = false;
  bool external = false;
};

// What an asset carries besides its function.
struct AssetSpec {
  std::string key;
  std::string description;
  std::string group;
  std::string code_version;
  std::string pool;
  std::vector<std::string> kinds;
  std::vector<std::string> owners;
  std::vector<Tag> tags;
  std::vector<Dependency> dependencies;
  std::vector<Dimension> dimensions;
  RunSpec run;
};

class Asset {
 public:
  explicit Asset(std::string key) { spec_.key = std::move(key); }
  Asset(const Asset&) = delete;
  Asset& operator=(const Asset&) = delete;

  Asset& description(std::string text) { return set(spec_.description, std::move(text)); }
  Asset& group(std::string name) { return set(spec_.group, std::move(name)); }
  // Another text means that the code makes other data: what exists becomes stale.
  Asset& code_version(std::string text) { return set(spec_.code_version, std::move(text)); }
  Asset& code_version(AutoVersion) { return code_version("auto"); }
  // A named limit, in [pools] of partita.toml, on how many partitions run at once.
  Asset& pool(std::string name) { return set(spec_.pool, std::move(name)); }
  // What it is made of or with: "csv", "sqlite". As often as wanted; so are owner() and tag().
  Asset& kind(std::string name) { return add(spec_.kinds, std::move(name)); }
  Asset& owner(std::string name) { return add(spec_.owners, std::move(name)); }
  Asset& tag(std::string name, std::string value) {
    return add(spec_.tags, Tag{std::move(name), std::move(value)});
  }

  // One dimension of partitions. `start` is the first window's, `end` (exclusive) optional.
  Asset& hourly(std::string start, std::string end = {}) {
    return partitioned_by(partita::hourly(std::move(start)).until(std::move(end)));
  }
  Asset& daily(std::string start, std::string end = {}) {
    return partitioned_by(partita::daily(std::move(start)).until(std::move(end)));
  }
  Asset& weekly(std::string start, std::string end = {}) {
    return partitioned_by(partita::weekly(std::move(start)).until(std::move(end)));
  }
  Asset& monthly(std::string start, std::string end = {}) {
    return partitioned_by(partita::monthly(std::move(start)).until(std::move(end)));
  }
  Asset& quarterly(std::string start, std::string end = {}) {
    return partitioned_by(partita::quarterly(std::move(start)).until(std::move(end)));
  }
  Asset& yearly(std::string start, std::string end = {}) {
    return partitioned_by(partita::yearly(std::move(start)).until(std::move(end)));
  }
  Asset& cron(std::string schedule, std::string start, std::string end = {}) {
    return partitioned_by(
        partita::cron(std::move(schedule), std::move(start)).until(std::move(end)));
  }
  Asset& keys(std::vector<std::string> values) {
    return partitioned_by(partita::keys(std::move(values)));
  }
  Asset& dynamic(std::string set) { return partitioned_by(partita::dynamic(std::move(set))); }
  Asset& partitioned_by(Dimension dimension) {
    if (!spec_.dimensions.empty()) {
      throw Failed("asset " + detail::in_quotes(spec_.key) +
                   " has partitions already: name each dimension, with by()");
    }
    return add(spec_.dimensions, std::move(dimension));
  }
  // One of several dimensions. A key joins theirs with `|`, sorted by name.
  Asset& by(std::string name, Dimension dimension) {
    if (!spec_.dimensions.empty() && spec_.dimensions.back().name.empty()) {
      throw Failed("asset " + detail::in_quotes(spec_.key) +
                   " has partitions without a name beside dimension " + detail::in_quotes(name));
    }
    dimension.name = std::move(name);
    return add(spec_.dimensions, std::move(dimension));
  }

  // What it is made from; without a mapping the host infers one.
  Asset& from(std::string asset, Mapping mapping = {}) {
    return add(spec_.dependencies, {std::move(asset), std::move(mapping)});
  }

  // How often a partition that failed is attempted again.
  Asset& retry(RetryPolicy policy) { return set(spec_.run.retry, policy); }
  // Of one call of the function: what exceeds them has its process ended, and fails. Memory is what
  // the call may allocate. With `--isolation none` they hold too: such an asset gets a process.
  Asset& time_limit(double seconds) { return set(spec_.run.time_limit, seconds); }
  Asset& cpu_limit(double seconds) { return set(spec_.run.cpu_limit, seconds); }
  Asset& memory_limit(std::uint64_t bytes) { return set(spec_.run.memory_limit, bytes); }
  // One of its partitions at a time.
  Asset& exclusive() { return set(spec_.run.exclusive, true); }
  Asset& isolation(Isolation wanted) {
    return set(spec_.run.isolation, static_cast<std::uint32_t>(wanted));
  }
  // Of what may start, higher ones start first.
  Asset& priority(std::int32_t number) { return set(spec_.run.priority, number); }
  // Made elsewhere: it has no function, never runs, and its state is what `partita report` said.
  Asset& external() { return set(spec_.run.external, true); }
  // The function is given up to `most` partitions that follow each other, see Run::partitions().
  Asset& batch(std::uint64_t most) {
    if (most == 0) {
      throw Failed("asset " + detail::in_quotes(spec_.key) +
                   " has batch(0), a function that is given no partition: batch(1) gives it one, "
                   "single_run() all that follow each other");
    }
    return set(spec_.run.batch, most);
  }
  // As many as follow each other.
  Asset& single_run() { return batch(PARTITA_BATCH_ALL); }

  // What makes one partition. Moved in with all it holds, and destroyed when the plugin is
  // unloaded. Called from many threads at once, for different partitions: what it shares it guards.
  template <class F>
  void operator=(F&& function) {
    static_assert(std::is_invocable_v<std::decay_t<F>&, Run&>,
                  "an asset's function is called with one argument, (partita::Run& run)");
    static_assert(std::is_void_v<std::invoke_result_t<std::decay_t<F>&, Run&>>,
                  "an asset's function returns nothing: facts go to run.metadata(), failures are "
                  "thrown or given to run.fail()");
    callable_.set(std::forward<F>(function));
  }

  const AssetSpec& spec() const { return spec_; }
  detail::Callable& callable() { return callable_; }

 private:
  template <class T>
  Asset& set(T& member, T value) {
    member = std::move(value);
    return *this;
  }
  template <class T>
  Asset& add(std::vector<T>& list, T value) {
    list.push_back(std::move(value));
    return *this;
  }

  AssetSpec spec_;
  detail::Callable callable_;
};

struct CheckSpec {
  std::string name;
  std::string description;
  std::string asset;
  Severity severity = Severity::error;
  bool blocking = false;
};

class Check {
 public:
  explicit Check(std::string name) { spec_.name = std::move(name); }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  // The asset it looks at, after each partition; run.input(asset) gives what was just made.
  Check& on(std::string asset) {
    spec_.asset = std::move(asset);
    return *this;
  }
  Check& description(std::string text) {
    spec_.description = std::move(text);
    return *this;
  }
  Check& severity(Severity severity) {
    spec_.severity = severity;
    return *this;
  }
  // Where it does not pass, the partition does not count as materialized.
  Check& blocking() {
    spec_.blocking = true;
    return *this;
  }

  // Returns whether the partition is as it should be. What it throws is a failure of the check
  // itself.
  template <class F>
  void operator=(F&& function) {
    using Function = std::decay_t<F>;
    static_assert(std::is_invocable_v<Function&, Run&>,
                  "a check's function is called with one argument, (partita::Run& run)");
    using Answer = std::decay_t<std::invoke_result_t<Function&, Run&>>;
    static_assert(std::is_same_v<Answer, bool> || std::is_same_v<Answer, CheckResult>,
                  "a check's function returns a bool or a partita::CheckResult");
    callable_.set(std::forward<F>(function));
  }

  const CheckSpec& spec() const { return spec_; }
  detail::Callable& callable() { return callable_; }

 private:
  CheckSpec spec_;
  detail::Callable callable_;
};

class Definitions {
 public:
  Definitions() = default;
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  // Both live as long as the definitions: `auto& sales = defs.asset("sales");` is fine.
  Asset& asset(std::string key) { return assets_.emplace_back(std::move(key)); }
  Check& check(std::string name) { return checks_.emplace_back(std::move(name)); }

  std::list<Asset>& assets() { return assets_; }
  std::list<Check>& checks() { return checks_; }

 private:
  std::list<Asset> assets_;
  std::list<Check> checks_;
};

}  // namespace partita
#pragma GCC visibility pop
