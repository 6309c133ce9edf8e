// The zygote: a small process forked first thing in main, from which every child is forked.
//
// A fork costs what the forking process has mapped; the zygote stays small whatever the host grows
// to, has one thread, and has loaded no plugin. It reaps its children (and what they leave behind,
// as a subreaper) and tells the host how each ended. It dies with the host.
//
// start() before any thread. spawn() is for any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace partita {

// How a child ended.
struct ExitStatus {
  int code = 0;    // where signal is 0
  int signal = 0;  // 0: it exited
  std::int64_t user_micros = 0;
  std::int64_t system_micros = 0;
  std::int64_t max_rss_kib = 0;
  bool ok() const { return signal == 0 && code == 0; }
};

// A child of the zygote. Destruction kills it if it still runs.
class Child {
 public:
  Child(pid_t pid, Descriptor channel, Descriptor notice);
  Child(Child&&) noexcept = default;
  Child& operator=(Child&&) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }
  // This end of a SOCK_STREAM socketpair whose other end the child got.
  int channel() const { return channel_.get(); }
  // Becomes readable when the child has ended and was reaped.
  int notice() const { return notice_.get(); }
  // Blocks for at most `timeout_millis` (-1: for ever); nothing if it still runs.
  std::optional<ExitStatus> wait(int timeout_millis = -1);
  void kill(int signal) const;

 private:
  pid_t pid_ = -1;
  Descriptor channel_;
  Descriptor notice_;
  Descriptor process_;  // its pidfd
  std::optional<ExitStatus> ended_;
};

class Zygote {
 public:
  // What a child does: `channel` is its end of the socket; the result is its exit code. Standard
  // input is /dev/null; standard output and error are the descriptors given to spawn().
  using Role = std::function<int(int channel, std::string_view argument)>;

  static Result<std::unique_ptr<Zygote>> start(const std::map<std::string, Role>& roles);
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // `output` becomes the child's standard output and error; below 0: the host's own. The argument
  // is short, at most 60 KiB: anything longer goes over the channel.
  Result<Child> spawn(std::string_view role, std::string_view argument, int output = -1);

 private:
  struct State;
  explicit Zygote(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace partita
