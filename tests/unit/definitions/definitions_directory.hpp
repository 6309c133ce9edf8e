// A definitions directory and a plugin store in a temporary directory, and reloads of them.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <map>
#include <string>

#include "base/files.hpp"
#include "base/zygote.hpp"
#include "definitions/reload.hpp"

namespace partita {

class DefinitionsDirectory {
 public:
  // `roles` are further ones of the zygote's children.
  explicit DefinitionsDirectory(std::map<std::string, Zygote::Role> roles = {})
      : root_(make_temporary_directory("partita-definitions-").value()) {
    REQUIRE(make_directories(path("")));
    roles[kLoadRole] = load_role;
    zygote_ = Zygote::start(roles).value();
    options.directories = {root_ / "definitions"};
    options.plugin_store = root_ / "store";
    options.zygote = zygote_.get();
    options.quiet_timeout_millis = 0;
  }
  ~DefinitionsDirectory() { CHECK(remove_tree(root_)); }
  DefinitionsDirectory(const DefinitionsDirectory&) = delete;
  DefinitionsDirectory& operator=(const DefinitionsDirectory&) = delete;

  Path path(const std::string& name) const { return root_ / "definitions" / name; }
  static Path animal(const std::string& name) {
    return Path(PARTITA_BINARY_DIR) / "zoo" / (name + ".so");
  }

  // A plugin of the zoo, put there by renaming, as builds do.
  void add(const std::string& name, const std::string& as = {}) const {
    publish(animal(name), as.empty() ? name + ".so" : as);
  }
  void publish(const Path& from, const std::string& as) const {
    const Path staged = path("." + path(as).filename().string());
    REQUIRE(make_directories(path(as).parent_path()));
    std::filesystem::copy_file(from, staged);
    std::filesystem::rename(staged, path(as));
  }
  void write(const std::string& name, std::string_view bytes) const {
    REQUIRE(make_directories(path(name).parent_path()));
    REQUIRE(write_file(path(name), bytes));
  }
  void remove(const std::string& name) const { std::filesystem::remove(path(name)); }

  // The next generation; it becomes the current one.
  const Catalog& reload() {
    auto outcome = partita::reload(options, catalog);
    REQUIRE_MESSAGE(outcome, (outcome ? "" : outcome.error().message));
    catalog = outcome->catalog;
    diff = std::move(outcome->diff);
    output = std::move(outcome->load_output);
    emptied = std::move(outcome->emptied);
    return *catalog;
  }

  // The one problem there is, as `code: message`.
  std::string only_problem() {
    const Catalog& current = reload();
    REQUIRE(current.problems.size() == 1);
    return current.problems[0].code + ": " + current.problems[0].message;
  }

  ReloadOptions options;
  CatalogPtr catalog = std::make_shared<const Catalog>();
  CatalogDiff diff;
  std::vector<std::string> output;
  std::vector<Path> emptied;

 private:
  Path root_;
  std::unique_ptr<Zygote> zygote_;
};

}  // namespace partita
