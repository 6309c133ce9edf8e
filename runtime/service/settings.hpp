// A project's settings, each from the first that has it: the command line, the environment's
// PARTITA_*, partita.toml, the user's own file, what is built in.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace partita {

enum class Isolation { none, worker, partition };
Result<Isolation> parse_isolation(std::string_view text);
std::string_view to_text(Isolation isolation);

// What set a setting.
struct Origin {
  enum class Kind { built_in, user, project, environment, flag };
  Kind kind = Kind::built_in;
  std::string source = {};  // the file, the variable or the flag
  int line = 0;             // of the file
};

struct Settings {
  Path directory;                 // absolute: where partita.toml is; asset code runs there
  std::vector<Path> definitions;  // absolute
  Path state;                     // absolute: .partita
  Path store;                     // absolute: the SQLite file
  int jobs = 0;                   // 0: as many as there are CPUs
  Isolation isolation = Isolation::worker;
  std::map<std::string, int> pools;
  // Processes in a row that die of one asset before the rest of it is held back; 0: any number.
  int max_worker_deaths = 20;
  std::string build;                // [dev]: a shell command that builds the plugins; empty: none
  std::vector<Path> sources;        // [dev]: absolute; a change in one of them asks for a build
  Json resources = Json::object();  // {"NAME": {field: value}}
  Json config = Json::object();     // {"ASSET": {name: value}}
  std::map<std::string, Origin> origins;  // by setting_name(); what is built in has none
  std::vector<std::string> warnings;      // of variables that look like ours, and are not read
};

// `jobs`, `pools.warehouse`, `config."sales/orders".limit`: as TOML spells it.
std::string setting_name(std::initializer_list<std::string_view> parts);

// From `start` upwards, the directory that holds partita.toml.
Result<Path> find_project(const Path& start);

// Reads the user's file, partita.toml and the environment; without a directory all but
// partita.toml. An error names the file, the line, the key and what it takes.
Result<Settings> load_settings(const Path& project_directory);

// `name=value` for every asset, `asset.name=value` for one. The value is read as TOML's scalars are
// (1, 1.5, true, "text"); anything else is text.
Status apply_config_option(Settings& settings, std::string_view option, const Origin& origin);

// How many CPUs this process may use, by its affinity and its cgroup's quota; at least 1.
int available_cpus();

}  // namespace partita
