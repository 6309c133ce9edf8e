#include "support/file_seam.hpp"

#include <sqlite3.h>

#include <cstring>
#include <optional>
#include <utility>

namespace partita::tests {
namespace {

struct Plan {
  Fault fault = Fault::error;
  bool for_good = false;
  std::int64_t left = 0;
};

struct Seam {
  sqlite3_vfs* behind = nullptr;
  std::string prefix;
  bool recording = false;
  std::vector<FileOperation> operations;
  std::optional<Plan> plan;
  std::int64_t failures = 0;
  bool paused = false;
  bool skip_syncs = false;
};
Seam seam;

// SQLite allocates it together with the file behind, which follows it.
struct File {
  sqlite3_file base;
  const char* path;  // lives as long as the file; null for a temporary one
  sqlite3_file* behind() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

bool is_recorded(const char* path) {
  return seam.recording && path != nullptr && std::string_view(path).starts_with(seam.prefix);
}

void note(FileOperation::Kind kind, const char* path, std::int64_t offset = 0,
          std::string bytes = {}) {
  if (is_recorded(path)) seam.operations.push_back({kind, path, offset, std::move(bytes)});
}

// The fault for an operation that is about to be done, if it is its turn.
std::optional<Fault> due(bool is_write) {
  if (!seam.plan || seam.paused) return std::nullopt;
  Plan& plan = *seam.plan;
  if (plan.fault != Fault::error && !is_write) return std::nullopt;
  if (plan.left-- > 0 || (seam.failures > 0 && !plan.for_good)) return std::nullopt;
  ++seam.failures;
  return plan.fault;
}

bool fails() {
  return due(false).has_value();
}

// --- a file ---

int close_file(sqlite3_file* file) {
  return of(file).behind()->pMethods->xClose(of(file).behind());
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  if (fails()) return SQLITE_IOERR_READ;
  return of(file).behind()->pMethods->xRead(of(file).behind(), to, size, offset);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const std::optional<Fault> fault = due(true);
  if (fault == Fault::disk_full) return SQLITE_FULL;
  if (fault == Fault::error) return SQLITE_IOERR_WRITE;
  if (fault == Fault::short_write) size /= 2;
  const int rc = of(file).behind()->pMethods->xWrite(of(file).behind(), from, size, offset);
  note(FileOperation::Kind::write, of(file).path, offset,
       std::string(static_cast<const char*>(from), static_cast<std::size_t>(size)));
  return fault && rc == SQLITE_OK ? SQLITE_IOERR_WRITE : rc;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (fails()) return SQLITE_IOERR_TRUNCATE;
  note(FileOperation::Kind::truncate, of(file).path, size);
  return of(file).behind()->pMethods->xTruncate(of(file).behind(), size);
}

int sync_file(sqlite3_file* file, int flags) {
  if (fails()) return SQLITE_IOERR_FSYNC;
  note(FileOperation::Kind::sync, of(file).path);
  if (seam.skip_syncs) return SQLITE_OK;
  return of(file).behind()->pMethods->xSync(of(file).behind(), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  if (fails()) return SQLITE_IOERR_FSTAT;
  return of(file).behind()->pMethods->xFileSize(of(file).behind(), size);
}

int lock_file(sqlite3_file* file, int level) {
  return of(file).behind()->pMethods->xLock(of(file).behind(), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return of(file).behind()->pMethods->xUnlock(of(file).behind(), level);
}

int check_reserved_lock(sqlite3_file* file, int* held) {
  return of(file).behind()->pMethods->xCheckReservedLock(of(file).behind(), held);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
  return of(file).behind()->pMethods->xFileControl(of(file).behind(), operation, argument);
}

int sector_size(sqlite3_file* file) {
  return of(file).behind()->pMethods->xSectorSize(of(file).behind());
}

int characteristics(sqlite3_file* file) {
  return of(file).behind()->pMethods->xDeviceCharacteristics(of(file).behind());
}

int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return of(file).behind()->pMethods->xShmMap(of(file).behind(), page, size, extend, memory);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return of(file).behind()->pMethods->xShmLock(of(file).behind(), offset, count, flags);
}

void shared_barrier(sqlite3_file* file) {
  of(file).behind()->pMethods->xShmBarrier(of(file).behind());
}

int unmap_shared(sqlite3_file* file, int remove) {
  return of(file).behind()->pMethods->xShmUnmap(of(file).behind(), remove);
}

// Version 2: without reading by mapping, which would pass the seam by.
const sqlite3_io_methods kMethods = {2,
                                     close_file,
                                     read_file,
                                     write_file,
                                     truncate_file,
                                     sync_file,
                                     size_of_file,
                                     lock_file,
                                     unlock_file,
                                     check_reserved_lock,
                                     control_file,
                                     sector_size,
                                     characteristics,
                                     map_shared,
                                     lock_shared,
                                     shared_barrier,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

// --- all files ---

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  if (fails()) return SQLITE_CANTOPEN;
  of(file).path = path;
  const int rc = seam.behind->xOpen(seam.behind, path, of(file).behind(), flags, out_flags);
  if (of(file).behind()->pMethods != nullptr) file->pMethods = &kMethods;
  return rc;
}

int remove_file(sqlite3_vfs*, const char* path, int sync_directory) {
  if (fails()) return SQLITE_IOERR_DELETE;
  note(FileOperation::Kind::remove, path);
  return seam.behind->xDelete(seam.behind, path, seam.skip_syncs ? 0 : sync_directory);
}

sqlite3_vfs vfs;

}  // namespace

FileSeam::FileSeam() {
  seam = {};
  seam.behind = sqlite3_vfs_find(nullptr);
  vfs = *seam.behind;
  vfs.szOsFile += static_cast<int>(sizeof(File));
  vfs.zName = "seam";
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  sqlite3_vfs_register(&vfs, 1);
}

FileSeam::~FileSeam() {
  sqlite3_vfs_unregister(&vfs);
  sqlite3_vfs_register(seam.behind, 1);
}

void FileSeam::record(std::string prefix) {
  seam.prefix = std::move(prefix);
  seam.recording = true;
}

std::vector<FileOperation> FileSeam::stop_recording() {
  seam.recording = false;
  return std::exchange(seam.operations, {});
}

std::int64_t FileSeam::recorded() const {
  return static_cast<std::int64_t>(seam.operations.size());
}

void FileSeam::fail_after(std::int64_t operations, Fault fault, bool for_good) {
  seam.plan = Plan{fault, for_good, operations};
  seam.failures = 0;
}

void FileSeam::fail_no_more() {
  seam.plan.reset();
}

std::int64_t FileSeam::failures() const {
  return seam.failures;
}

void FileSeam::pause_failing(bool pause) {
  seam.paused = pause;
}

void FileSeam::skip_syncs(bool skip) {
  seam.skip_syncs = skip;
}

}  // namespace partita::tests
