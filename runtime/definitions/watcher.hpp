// A Watcher: which of some directories have changed, told once they are quiet.
//
// Listens to the directories and all below them; where that is not possible, and while a directory
// is away, it looks at the files every now and then. A path is quiet when nothing has happened to
// it for a while; one that goes on changing is told all the same after a second, and one that was
// removed counts only if it stays away, because linkers remove before they write. Names that begin
// with a dot are nobody's business. Knows nothing of plugins. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/files.hpp"

namespace partita {

class Watcher {
 public:
  enum class Means { listening, looking };
  // `clock` is borrowed. Directories need not be there yet.
  Watcher(std::vector<Path> directories, const Clock& clock, Means means = Means::listening);

  // Becomes readable when there may be news; -1 where it only looks.
  int descriptor() const { return events_.get(); }
  // How long take() has nothing to say unless the descriptor becomes readable; -1: for ever.
  int wait_millis() const;
  // The directories in which something has changed since, and is quiet by now.
  std::set<Path> take();

 private:
  struct Change {
    Path directory;
    std::int64_t first = 0, last = 0;  // monotonic
    bool removed = false;
  };
  struct Listened {
    Path directory;  // of those that were asked for
    Path path;       // this one, or below it
  };

  void listen(const Path& directory);
  bool add_watches(const Path& directory, const Path& below);
  void forget_watches_below(const Path& path);
  void read_events();
  void on_event(int watch, std::uint32_t mask, const std::string& name);
  void on_lost_events();
  void look_at_unheard();
  void note(const Path& directory, const Path& path, bool removed);
  static std::int64_t due(const Change& change);

  std::vector<Path> directories_;
  const Clock& clock_;
  Descriptor events_;
  std::map<int, Listened> watches_;
  std::map<Path, std::string> unheard_;  // looked at instead: what was seen last
  std::int64_t next_look_ = 0;
  std::map<Path, Change> changes_;
};

}  // namespace partita
