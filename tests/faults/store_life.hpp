// A store that is used at random: every kind of call that writes, in no particular order.
//
// What the store holds is compared as a digest of its event log, from which all else follows.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace partita::tests {

// Each look at it is a second later, so that no two events are alike.
class StepClock final : public Clock {
 public:
  Instant now() const override { return now_micros() / 1'000'000; }
  std::int64_t now_micros() const override { return micros_ += 1'000'000; }
  std::int64_t monotonic_micros() const override { return now_micros(); }

 private:
  mutable std::int64_t micros_ = 1'700'000'000'000'000;
};

class StoreLife {
 public:
  // The store is opened by the first step.
  StoreLife(Path file, unsigned seed);

  // One more call. After a failed one the next may be made, whatever it is.
  Status step();
  // Whether what the last step did must outlive the power.
  bool was_durable() const { return durable_; }
  // Whether it must have added to the log, if it succeeded.
  bool was_told() const { return told_; }

  void close() { store_.reset(); }
  const Path& file() const { return file_; }

 private:
  Status open();
  Status begin_run();
  Status finish_run();
  Status record();
  Status publish();
  Status change_keys();
  Status save_catalog();
  Status summarise();
  Status tidy();
  AttemptRecord attempt_at(int key);
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  Path file_;
  StepClock clock_;
  std::mt19937 random_;
  std::unique_ptr<Store> store_;
  RunId run_ = 0;
  int serial_ = 0;
  bool durable_ = true;
  bool told_ = false;
};

// The event log as another connection sees it: its last event, and a digest of everything up to
// `most`. Of a file without tables as of an empty log.
struct LogSeen {
  std::int64_t last = 0;
  std::string digest;
  bool operator==(const LogSeen&) const = default;
};
Result<LogSeen> see_log(const Path& file, std::int64_t most = INT64_MAX);

// Whether the outcome sets, which are kept apart from the states and written without being synced,
// are those of the states; empty where they are.
std::string trouble_with_sets(Store& store);

// What else may be wrong with a store that has just been opened; empty where nothing is. `scratch`
// is used and emptied.
std::string trouble_with(Store& store, const Path& scratch);

}  // namespace partita::tests
