// What a command's exit code says. Scripts rely on these numbers.
#pragma once

#include "base/result.hpp"

namespace partita {

inline constexpr int kExitSuccess = 0;
inline constexpr int kExitFailed = 1;       // it ran, and something failed or was held back
inline constexpr int kExitUsage = 2;        // the command line or the configuration is wrong
inline constexpr int kExitDefinitions = 3;  // definitions do not load or validate
inline constexpr int kExitWorkNeeded = 4;   // --exit-code: work is needed
inline constexpr int kExitPlanMoved = 5;    // what the plan rests on has moved
inline constexpr int kExitLeaseHeld = 6;    // another process holds it, and --no-wait
inline constexpr int kExitInternal = 70;    // the system refused, or a defect of Partita
inline constexpr int kExitTimeout = 124;

constexpr int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::not_found:
      return kExitUsage;
    case ErrorCode::definitions:
      return kExitDefinitions;
    case ErrorCode::plan_moved:
      return kExitPlanMoved;
    case ErrorCode::lease_held:
      return kExitLeaseHeld;
    case ErrorCode::timeout:
      return kExitTimeout;
    case ErrorCode::io:
    case ErrorCode::damaged:
    case ErrorCode::internal:
      return kExitInternal;
  }
  return kExitInternal;
}

// A shell's number for a process that a signal ended.
constexpr int exit_code_of_signal(int signal) {
  return 128 + signal;
}

}  // namespace partita
