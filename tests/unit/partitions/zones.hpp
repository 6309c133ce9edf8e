// All time zones that the machine has.
#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace partita::testing {

inline std::vector<std::string> all_zones() {
  namespace fs = std::filesystem;
  const fs::path root = "/usr/share/zoneinfo";
  std::vector<std::string> names;
  if (!fs::exists(root)) return names;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    const std::string name = it->path().lexically_relative(root).string();
    if (name == "posix" || name == "right") it.disable_recursion_pending();
    absl::TimeZone zone;
    if (it->is_regular_file() && name != "localtime" && absl::LoadTimeZone(name, &zone)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace partita::testing
