// What SQLite does to its files, seen and spoilt at its file seam: a VFS in front of the default
// one, for every database that is opened while a FileSeam lives.
//
// It can record what is written, cut, synced and removed, and it can make operations fail. Of
// temporary files and of the memory that connections share it knows nothing. One at a time, one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace partita::tests {

struct FileOperation {
  enum class Kind { write, truncate, sync, remove };
  Kind kind = Kind::write;
  std::string file;         // its full path
  std::int64_t offset = 0;  // of a write; of a truncate the new size
  std::string bytes;
};

enum class Fault {
  error,        // the operation does nothing and says that the device failed
  short_write,  // a write does its first half, then says that the device failed
  disk_full,    // writes, but no other operation, say that there is no room
};

class FileSeam {
 public:
  FileSeam();
  ~FileSeam();
  FileSeam(const FileSeam&) = delete;
  FileSeam& operator=(const FileSeam&) = delete;

  // While it records, what is done to files whose path begins with `prefix` is kept.
  void record(std::string prefix);
  std::vector<FileOperation> stop_recording();
  std::int64_t recorded() const;

  // Of the operations from now on, the one after `operations` others fails; all that come after it
  // do so as well if it is for good.
  void fail_after(std::int64_t operations, Fault fault, bool for_good);
  void fail_no_more();
  std::int64_t failures() const;  // since fail_after
  // Nothing fails, and no operation counts, for the time being.
  void pause_failing(bool pause);

  // Syncing that does nothing is quicker, for those who lose no power.
  void skip_syncs(bool skip);
};

}  // namespace partita::tests
