// What the partitions of a run print while they run, for other processes to follow.
//
// The run writes nothing unless somebody follows it: a follower holds a lock on a file in the run's
// temporary directory, which the kernel releases however it ends. It keeps the end of what each
// task that runs has printed, and begins with that when somebody comes. Both files go with that
// directory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

// The run's side. One thread.
class LiveLog {
 public:
  explicit LiveLog(Path directory);

  // Whether somebody follows. To be called now and then.
  void look();
  void add(std::int64_t task, std::string_view asset, std::string_view key, std::string_view line);
  void forget(std::int64_t task);  // what it printed is in the store

 private:
  void begin();
  void write(std::string_view text) const;

  Path directory_;
  bool followed_ = false;
  Descriptor file_;
  std::map<std::int64_t, std::string> printed_;  // by task, as it is written
};

// The follower's side. One thread.
class LiveLogReader {
 public:
  using Visit =
      std::function<void(std::string_view asset, std::string_view key, std::string_view line)>;

  explicit LiveLogReader(Path directory) : directory_(std::move(directory)) {}

  // What the tasks that run have printed, and from then on what has been printed since the last
  // call. Nothing once the run has swept its directory and all that was there was read.
  Status read(const Visit& visit);
  // Whether what they had printed when the run noticed has been read.
  bool has_caught_up() const { return caught_up_; }

 private:
  void tell(std::string_view line, const Visit& visit);

  Path directory_;
  Descriptor lock_, file_;
  std::string partial_;
  bool caught_up_ = false;
};

}  // namespace partita
