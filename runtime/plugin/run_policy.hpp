// RunPolicy: how an asset's partitions are run: retries, limits, priority, isolation, batches.
//
// A value that goes with the asset's definition; who runs the partitions obeys it. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace partita {

struct RetryPolicy {
  enum class Backoff { none, linear, exponential };
  enum class Jitter { none, full, plus_minus };
  int max_retries = 0;  // after the first attempt
  double delay = 0;     // seconds, before the first retry
  Backoff backoff = Backoff::none;
  Jitter jitter = Jitter::none;
  bool operator==(const RetryPolicy&) const = default;

  // Of a failure that did or did not ask for a retry: it gets one where nothing is said.
  int most_retries(bool asked) const { return max_retries == 0 && asked ? 1 : max_retries; }
};

struct RunPolicy {
  enum class Isolation { project, worker, partition };
  // As many partitions as follow each other.
  static constexpr std::int64_t kWholeRange = INT64_MAX;

  RetryPolicy retry;
  // Of one call of the function; 0: none.
  double time_limit = 0;  // seconds
  double cpu_limit = 0;
  std::int64_t memory_limit = 0;  // bytes
  int priority = 0;               // higher ones start first
  Isolation isolation = Isolation::project;
  bool exclusive = false;  // one partition at a time
  bool external = false;   // made elsewhere, never run
  std::int64_t batch = 0;  // partitions that one call is given at most; 0: it is given one
  bool operator==(const RunPolicy&) const = default;

  bool takes_batches() const { return batch > 0; }
  // Whether each partition gets a process of its own: where it asks for that, and where nothing
  // else can hold it to its limits.
  bool process_per_partition() const {
    return isolation == Isolation::partition || cpu_limit > 0 || memory_limit > 0;
  }
  // Whether threads do not do, wherever the project runs its partitions.
  bool needs_process() const {
    return process_per_partition() || isolation == Isolation::worker || time_limit > 0;
  }
};

// Refuses numbers that mean nothing; the error names the field.
Status validate(const RunPolicy& policy);

// What is not as usual, in words: {"retries", "3, 10 s apart"}, {"time limit", "30 s"}.
std::vector<std::pair<std::string, std::string>> describe(const RunPolicy& policy);

// `512 MiB`, `1,000 bytes`.
std::string format_bytes(std::int64_t bytes);

// What is not as usual, by name; an empty object where everything is.
Json to_json(const RunPolicy& policy);
RunPolicy run_policy_from_json(const Json& json);

}  // namespace partita
