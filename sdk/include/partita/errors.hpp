// What a plugin's function may throw to say how it ended; anything else thrown is a failure too.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#pragma GCC visibility push(hidden)
namespace partita {

// The partition failed, and what() is the whole reason: shown as it is, without the type's name.
// Wrap a cause with std::throw_with_nested(partita::Failed("read prices.csv")).
class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Nothing to do for this partition. Not a std::exception, so that a `catch (const std::exception&)`
// in a plugin does not swallow it.
struct Skipped {
  std::string reason;
};

// Failed for now: another attempt may succeed. Where the asset has no policy of retries there is
// one more, at once.
struct RetryRequested {
  std::string reason;
};

// Stopped because the run is being cancelled.
struct Cancelled {};

}  // namespace partita
#pragma GCC visibility pop
