// The project's settings: partita.toml, the environment's PARTITA_* over it, the command line over
// both.
#pragma once

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
};

// From `start` upwards, the directory that holds partita.toml.
Result<Path> find_project(const Path& start);

// Reads partita.toml and the environment. An error names the file, the line, the key and what it
// takes.
Result<Settings> load_settings(const Path& project_directory);

// `--config name=value` for every asset, `--config asset.name=value` for one. The value is read as
// TOML's scalars are (1, 1.5, true, "text"); anything else is text.
Status apply_config_option(Settings& settings, std::string_view option);

// How many CPUs this process may use, by its affinity and its cgroup's quota; at least 1.
int available_cpus();

}  // namespace partita
