#include "definitions/scan.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "base/advice.hpp"

namespace partita {
namespace {

using Identity = std::pair<dev_t, ino_t>;

std::int64_t nanos(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string_view kind_name(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Refusal refusal_of_stat(const Path& file, int number) {
  if (number == ELOOP) return {"symlink", "it is a symbolic link that leads to itself"};
  if (number == ENOENT && std::filesystem::is_symlink(std::filesystem::symlink_status(file))) {
    return {"symlink", "it is a symbolic link to a file that does not exist"};
  }
  return {"unreadable", fmt::format("look at it: {}", std::strerror(number))};
}

std::string hint_for_directory(const Path& directory, int number) {
  if (number == ENOENT) return "make or mount the directory, or mend `definitions` in partita.toml";
  return advice_on(number, directory, Access::read);
}

class Scanner {
 public:
  explicit Scanner(const Path& root) : root_(root) {}

  void run(Scan& scan) {
    struct stat info{};
    if (::stat(root_.c_str(), &info) != 0) return fail(scan, root_, errno);
    if (!S_ISDIR(info.st_mode)) return fail(scan, root_, ENOTDIR);
    if ((info.st_mode & S_IWOTH) != 0 && (info.st_mode & S_ISVTX) == 0) {
      scan.problems.push_back(
          {root_.string(), "world_writable",
           fmt::format("anybody may write to {}: take that permission away with "
                       "chmod o-w",
                       root_.string()),
           true});
    }
    visit(root_, {info.st_dev, info.st_ino}, scan);
  }

 private:
  void fail(Scan& scan, const Path& directory, int number) const {
    scan.unread.push_back({root_,
                           fmt::format("read definitions directory {}: {}", directory.string(),
                                       std::strerror(number)),
                           hint_for_directory(directory, number)});
  }

  void visit(const Path& directory, Identity identity, Scan& scan) {
    if (!visited_.insert(identity).second) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(directory.c_str()), ::closedir);
    if (opened == nullptr) return fail(scan, directory, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(opened.get())) {
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) visit_entry(directory / name, scan);
  }

  void visit_entry(const Path& file, Scan& scan) {
    const std::string name = file.filename().string();
    const bool library = name.ends_with(".so");
    const bool versioned = !library && name.find(".so.") != std::string::npos;
    struct stat info{};
    const int failed = ::stat(file.c_str(), &info) == 0 ? 0 : errno;
    if (failed == 0 && S_ISDIR(info.st_mode) && !library) {
      return visit(file, {info.st_dev, info.st_ino}, scan);
    }
    if (!library && !(versioned && failed == 0 && S_ISREG(info.st_mode))) return;
    ScannedFile found{file, root_, shown(file), {}, {}};
    if (failed != 0) {
      found.refusal = refusal_of_stat(file, failed);
    } else {
      found.signature = signature_of(info);
      if (!S_ISREG(info.st_mode)) {
        found.refusal = Refusal{"not_a_file", fmt::format("it is {}", kind_name(info.st_mode))};
      }
    }
    (library ? scan.libraries : scan.versioned).push_back(std::move(found));
  }

  std::string shown(const Path& file) const {
    return (root_.filename() / file.lexically_relative(root_)).string();
  }

  Path root_;
  std::set<Identity> visited_;
};

}  // namespace

FileSignature signature_of(const struct ::stat& info) {
  return {info.st_size, nanos(info.st_mtim), nanos(info.st_ctim), info.st_ino};
}

// Paths are compared as texts: they all begin with a directory as it was given, and comparing them
// part by part was half of a reload.
std::vector<const ScannedFile*> Scan::named(const Path& root, const std::string& name) const {
  std::vector<const ScannedFile*> found;
  const std::string ending = "/" + name;
  for (const auto* files : {&libraries, &versioned}) {
    for (const ScannedFile& file : *files) {
      if (file.file.native().ends_with(ending) && file.root.native() == root.native())
        found.push_back(&file);
    }
  }
  return found;
}

const ScannedFile* Scan::find(const Path& file) const {
  for (const auto* files : {&libraries, &versioned}) {
    for (const ScannedFile& item : *files) {
      if (item.file.native() == file.native()) return &item;
    }
  }
  return nullptr;
}

bool Scan::has_libraries_in(const Path& root) const {
  return std::any_of(libraries.begin(), libraries.end(),
                     [&](const ScannedFile& file) { return file.root.native() == root.native(); });
}

Scan scan(const std::vector<Path>& directories) {
  Scan result;
  for (const Path& directory : directories) Scanner(directory).run(result);
  return result;
}

}  // namespace partita
