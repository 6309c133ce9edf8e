// Tells the parent how this process crashed, from inside the crash.
//
// install_crash_report() is for children of the zygote: on SIGSEGV, SIGBUS, SIGABRT, SIGILL or
// SIGFPE, on a stack of its own, it writes one record to `fd` (a file that the parent reads after
// the death) and lets the signal end the process. An exception that nobody caught adds its type and
// message.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace partita {

struct CrashFrame {
  std::string module;  // the file the address is in
  std::uint64_t offset = 0;
  std::string function;  // demangled, empty where no symbol covers it
};

struct CrashReport {
  int signal = 0;
  std::string exception_type;  // demangled; empty where it was no exception
  std::string
      message;  // the exception's what(), or what is known of the signal: address, stack overflow
  std::vector<CrashFrame> frames;  // innermost first, without the reporter's own
};

void install_crash_report(int fd);

// Gives the calling thread a stack to report an overflow of its own from; install_crash_report()
// does it for its caller.
void install_crash_stack();

// Reads records and finds the functions' names in the modules' symbol tables. It keeps what it has
// found: the crashes of one run are often the same one, and a symbol table is large.
class CrashReader {
 public:
  CrashReader();
  ~CrashReader();
  CrashReader(const CrashReader&) = delete;
  CrashReader& operator=(const CrashReader&) = delete;

  Result<CrashReport> read(int fd);  // not_found: there is no record

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `SIGSEGV (segmentation fault)`.
std::string signal_name(int signal);

// One line per frame: `#0 shop.so+0x1234 in orders(partita::Run&)`.
std::string format_backtrace(const CrashReport& report);

}  // namespace partita
