// Who may include whom: the runtime's folders are layers, and an include may only point downwards.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> kAllowed{
    {"base", {}},
    {"partitions", {"base"}},
    {"plugin", {"base", "partitions", "partita"}},
    {"definitions", {"base", "partitions", "plugin", "partita"}},
    {"store", {"base", "partitions"}},
    {"plan", {"base", "partitions", "plugin", "definitions"}},
    {"execute", {"base", "partitions", "plugin", "plan", "partita"}},
    {"service", {"base", "partitions", "plugin", "definitions", "store", "plan", "execute"}},
    {"cli", {"base", "partitions", "service"}},
};

// The folder in `#include "folder/..."`, empty where a line has none.
std::string folder_included(const std::string& line) {
  const std::size_t quote = line.find('"');
  const std::size_t slash = line.find('/', quote == std::string::npos ? 0 : quote);
  const bool include = line.find("#include") < quote;
  if (!include || quote == std::string::npos || slash == std::string::npos) return {};
  return line.substr(quote + 1, slash - quote - 1);
}

// The folders that a source includes from, by the quotes around them.
std::set<std::string> folders_included(const fs::path& file) {
  std::set<std::string> folders;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) folders.insert(folder_included(line));
  folders.erase("");
  return folders;
}

std::vector<std::string> violations(const std::string& folder,
                                    const std::set<std::string>& allowed) {
  std::vector<std::string> found;
  for (const auto& entry :
       fs::directory_iterator(fs::path(PARTITA_SOURCE_DIR) / "runtime" / folder)) {
    for (const std::string& other : folders_included(entry.path())) {
      if (other != folder && !allowed.contains(other)) {
        found.push_back(entry.path().filename().string() + " includes " + other);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("every folder of the runtime includes only the folders below it") {
  for (const auto& [folder, allowed] : kAllowed) {
    CAPTURE(folder);
    CHECK(violations(folder, allowed) == std::vector<std::string>());
  }
}

TEST_CASE("every folder of the runtime has its layer written down here") {
  for (const auto& entry : fs::directory_iterator(fs::path(PARTITA_SOURCE_DIR) / "runtime")) {
    if (entry.is_directory()) CHECK(kAllowed.contains(entry.path().filename().string()));
  }
}

TEST_CASE("the sdk includes nothing of the runtime") {
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(PARTITA_SOURCE_DIR) / "sdk" / "include")) {
    if (!entry.is_regular_file()) continue;
    CAPTURE(entry.path().string());
    for (const std::string& folder : folders_included(entry.path()))
      CHECK_FALSE(kAllowed.contains(folder));
  }
}
