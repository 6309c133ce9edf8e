// The list of deliberate differences in the README names tests, and those are there.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string whole(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// What stands in double quotes in the last column of the table.
std::vector<std::string> named_tests(const std::string& readme) {
  std::vector<std::string> names;
  std::istringstream lines(readme.substr(readme.find("## Different from Dagster")));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.rfind("\" |");
    if (end == line.npos) continue;
    const std::size_t begin = line.rfind('"', end - 1) + 1;
    names.push_back(line.substr(begin, end - begin));
  }
  return names;
}

TEST_CASE("every difference from Dagster that is documented names a test that is there") {
  std::string tests;
  for (const auto& entry : fs::directory_iterator(PARTITA_SOURCE_DIR "/tests/unit/partitions")) {
    tests += whole(entry.path());
  }
  const auto names = named_tests(whole(PARTITA_SOURCE_DIR "/runtime/partitions/README.md"));
  CHECK(names.size() > 10);
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(tests.find("\"" + name + "\") {") != tests.npos);
  }
}

}  // namespace
