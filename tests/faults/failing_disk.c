// Loaded before the C library: from call number TEST_DISK_FAILS_AT on, TEST_DISK_FAILS_FOR calls
// that change files fail with TEST_DISK_ERROR. In the process that it was loaded into, not in those
// it forks; pipes, terminals and memory are no disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pid_t g_process;
static long g_first, g_count;
static int g_error;
static atomic_long g_calls;

static long number(const char* name) {
  const char* text = getenv(name);
  return text != NULL ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
  g_process = getpid();
  g_first = number("TEST_DISK_FAILS_AT");
  g_count = number("TEST_DISK_FAILS_FOR");
  g_error = (int)number("TEST_DISK_ERROR");
}

static int fails(void) {
  if (g_first == 0 || getpid() != g_process) return 0;
  const long call = atomic_fetch_add(&g_calls, 1) + 1;
  if (call < g_first || call >= g_first + g_count) return 0;
  errno = g_error;
  return 1;
}

static int is_on_disk(int fd) {
  struct stat info;
  return fd > 2 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink > 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* bytes, size_t size) {
  return is_on_disk(fd) && fails() ? -1 : NEXT(write)(fd, bytes, size);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  return is_on_disk(fd) && fails() ? -1 : NEXT(pwrite)(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return is_on_disk(fd) && fails() ? -1 : NEXT(pwrite64)(fd, bytes, size, at);
}
int ftruncate(int fd, off_t size) {
  return is_on_disk(fd) && fails() ? -1 : NEXT(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) {
  return is_on_disk(fd) && fails() ? -1 : NEXT(ftruncate64)(fd, size);
}
int posix_fallocate(int fd, off_t at, off_t size) {
  return is_on_disk(fd) && fails() ? g_error : NEXT(posix_fallocate)(fd, at, size);
}
int fsync(int fd) {
  return fails() ? -1 : NEXT(fsync)(fd);
}
int fdatasync(int fd) {
  return fails() ? -1 : NEXT(fdatasync)(fd);
}
int rename(const char* from, const char* to) {
  return fails() ? -1 : NEXT(rename)(from, to);
}
int renameat2(int from_at, const char* from, int to_at, const char* to, unsigned flags) {
  return fails() ? -1 : NEXT(renameat2)(from_at, from, to_at, to, flags);
}
int mkdir(const char* path, mode_t mode) {
  return fails() ? -1 : NEXT(mkdir)(path, mode);
}
int unlink(const char* path) {
  return fails() ? -1 : NEXT(unlink)(path);
}
