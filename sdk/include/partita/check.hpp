// CheckResult: a check's answer. `return partita::passed(bad == 0).because("3 rows lack a
// product");`
#pragma once

#include <partita/abi.h>

#include <string>
#include <utility>

#pragma GCC visibility push(hidden)
namespace partita {

enum class Severity { error = PARTITA_SEVERITY_ERROR, warning = PARTITA_SEVERITY_WARNING };
inline constexpr Severity error = Severity::error;
inline constexpr Severity warning = Severity::warning;

class CheckResult {
 public:
  explicit CheckResult(bool passed) : passed_(passed) {}

  // Shown where the check did not pass.
  CheckResult because(std::string reason) && {
    reason_ = std::move(reason);
    return std::move(*this);
  }

  bool passed() const { return passed_; }
  const std::string& reason() const { return reason_; }

 private:
  bool passed_;
  std::string reason_;
};

inline CheckResult passed(bool passed = true) {
  return CheckResult(passed);
}

}  // namespace partita
#pragma GCC visibility pop
