// A project for one benchmark, with plugins of the build, in which the real binary is run.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "command_cost.hpp"
#include "must.hpp"

namespace partita::bench {

inline Path binary() {
  return Path(PARTITA_BINARY_DIR) / "bin" / "partita";
}

class BenchProject {
 public:
  explicit BenchProject(std::initializer_list<std::string_view> plugins)
      : directory_(must(make_temporary_directory("partita-bench-"))) {
    must(make_directories(directory_ / "definitions"));
    for (const std::string_view plugin : plugins) {
      const std::string file = std::string(plugin) + ".so";
      std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / file,
                                 directory_ / "definitions" / file);
    }
    must(write_file(directory_ / "partita.toml", "definitions = [\"definitions\"]\n"));
    run({"reload"});
  }
  ~BenchProject() { (void)remove_tree(directory_); }
  BenchProject(const BenchProject&) = delete;
  BenchProject& operator=(const BenchProject&) = delete;

  Cost run(std::vector<std::string> words, int code = 0) const {
    words.insert(words.begin(), {"--project", directory_.string()});
    return cost_of(binary(), std::move(words), code);
  }

  const Path& directory() const { return directory_; }
  Path store() const { return directory_ / ".partita" / "partita.db"; }

 private:
  Path directory_;
};

// The assets of `trivial` have a partition a minute from here on.
inline constexpr std::int64_t kFirstMinute = 946'684'800;  // 2000-01-01

inline std::string minute(std::int64_t index) {
  const std::string instant = format_instant(kFirstMinute + 60 * index);  // 2000-01-01T00:00:00Z
  return instant.substr(0, 10) + "-" + instant.substr(11, 5);
}

inline std::string first_minutes(std::string_view asset, std::int64_t count) {
  return fmt::format("{}@..{}", asset, minute(count - 1));
}

}  // namespace partita::bench
