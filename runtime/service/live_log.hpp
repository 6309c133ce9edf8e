// What the partitions of a run print while they run, for other processes to follow.
//
// The run writes nothing unless somebody follows it: a follower holds a lock on a file in the run's
// temporary directory, which the kernel releases however it ends. Both go with that directory.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace partita {

// The run's side. One thread.
class LiveLog {
 public:
  explicit LiveLog(Path directory) : directory_(std::move(directory)) {}

  // Whether somebody follows. To be called now and then.
  void look();
  void add(std::string_view asset, std::string_view key, std::string_view line);

 private:
  Path directory_;
  bool followed_ = false;
  Descriptor file_;
};

// The follower's side. One thread.
class LiveLogReader {
 public:
  using Visit =
      std::function<void(std::string_view asset, std::string_view key, std::string_view line)>;

  explicit LiveLogReader(Path directory) : directory_(std::move(directory)) {}

  // From the first call on, what has been printed since the last. Nothing once the run has swept
  // its directory and all that was there was read.
  Status read(const Visit& visit);

 private:
  void tell(std::string_view line, const Visit& visit) const;

  Path directory_;
  Descriptor lock_, file_;
  std::string partial_;
};

}  // namespace partita
