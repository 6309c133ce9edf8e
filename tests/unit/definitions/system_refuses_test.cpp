// What the system does not let a reload do: read, execute, write.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/descriptor.hpp"
#include "definitions/plugin_store.hpp"
#include "support/own_mount.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;
using partita::tests::in_a_child;
using partita::tests::mount_of_its_own;

namespace {

constexpr uid_t kNobody = 65534;

// Root may read all files; while this lives, the thread's files are nobody's.
class Unprivileged {
 public:
  Unprivileged() : before_(::setfsuid(kNobody)) {}
  ~Unprivileged() { ::setfsuid(static_cast<uid_t>(before_)); }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  int before_;
};

// Only root can, and need.
void give_to_nobody(const Path& tree) {
  constexpr auto kSameGroup = static_cast<gid_t>(-1);
  (void)!::chown(tree.c_str(), kNobody, kSameGroup);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tree))
    (void)!::chown(entry.path().c_str(), kNobody, kSameGroup);
}

// While this lives no file can be made longer than that, as if the disk were full.
class LongestFile {
 public:
  explicit LongestFile(rlim_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~LongestFile() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, ignored_);
  }
  LongestFile(const LongestFile&) = delete;
  LongestFile& operator=(const LongestFile&) = delete;

 private:
  rlimit before_{};
  void (*ignored_)(int);
};

}  // namespace

TEST_CASE("a file that may not be read is refused, and the last good one goes on") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  give_to_nobody(directory.options.plugin_store.parent_path());
  REQUIRE(::chmod(directory.path("shop.so").c_str(), 0) == 0);
  const Unprivileged unprivileged;
  if (Descriptor(::open(directory.path("shop.so").c_str(), O_RDONLY)).is_open()) {
    MESSAGE("skipped: this process cannot give up its right to read all files");
    return;
  }
  CHECK(directory.only_problem() ==
        "unreadable: load definitions/shop.so: open it: Permission denied");
  CHECK(directory.catalog->asset("orders") != nullptr);
}

TEST_CASE("a store from which nothing can be executed is refused at once") {
  const Path root = make_temporary_directory("partita-noexec-").value();
  const std::string answer = in_a_child([&]() -> std::string {
    if (!mount_of_its_own(root, MS_NOEXEC, nullptr)) return "skipped";
    const auto store = PluginStore::open(root);
    return store ? "opened" : store.error().message + "; " + store.error().hint;
  });
  REQUIRE(remove_tree(root));
  if (answer == "skipped") {
    MESSAGE("skipped: this process may not mount a file system of its own");
    return;
  }
  CHECK(answer == "use plugin store " + root.string() +
                      ": its file system is mounted noexec; put the project, or its .partita "
                      "directory, on another file system");
}

TEST_CASE("a plugin for which the store's disk has no room is refused before it is copied") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  const Path store = directory.options.plugin_store;
  REQUIRE(make_directories(store));
  const std::string answer = in_a_child([&]() -> std::string {
    if (!mount_of_its_own(store, 0, "size=64k")) return "skipped";
    directory.options.zygote = nullptr;  // it does not see this mount, and nothing shall be loaded
    return directory.only_problem();
  });
  if (answer == "skipped") {
    MESSAGE("skipped: this process may not mount a file system of its own");
    return;
  }
  const auto size = std::filesystem::file_size(directory.path("shop.so"));
  CHECK(
      answer.starts_with("store: load definitions/shop.so: copy it into the plugin store: it has " +
                         std::to_string(size) + " bytes, and there is room for "));
  CHECK(
      answer.ends_with(": make room on the file system of " + store.string() +
                       ", or put the project, or its .partita directory, on another file system"));
}

TEST_CASE("a plugin for which there is no room in the store is refused, and taken once there is") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.add("shop_2", "shop.so");
  {
    const LongestFile full(64U << 10U);
    CHECK(directory.only_problem() ==
          "store: load definitions/shop.so: copy it into the plugin store: File too large");
  }
  CHECK(directory.catalog->asset("returns") != nullptr);
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->asset("refunds") != nullptr);
}
