#include "cli/scaffold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace partita {
namespace {

constexpr std::string_view kSettings = R"(# Directories that are looked through for plugins.
definitions = ["definitions"]

# `partita dev` builds when one of these changes.
[dev]
build = "cmake --build build"
sources = ["assets", "tests"]
)";

constexpr std::string_view kBuild = R"(cmake_minimum_required(VERSION 3.20)
project(@project@ CXX)
enable_testing()

# Where the SDK is on this machine, as far as partita has noted it; else it is looked for as installed
# packages are, or named with -DPartita_DIR=DIR.
include(.partita/sdk.cmake OPTIONAL)
find_package(Partita REQUIRED)

# Each assets/NAME.cpp is a plugin, and tests/NAME_test.cpp a test of it that needs no runtime.
file(GLOB sources CONFIGURE_DEPENDS assets/*.cpp)
foreach(source ${sources})
  get_filename_component(name ${source} NAME_WE)
  partita_add_plugin(${name} ${source} DESTINATION ${CMAKE_SOURCE_DIR}/definitions)
  if(EXISTS ${CMAKE_SOURCE_DIR}/tests/${name}_test.cpp)
    add_executable(${name}_test tests/${name}_test.cpp ${source})
    target_compile_features(${name}_test PRIVATE cxx_std_17)
    target_link_libraries(${name}_test PRIVATE Partita::sdk)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endforeach()
)";

constexpr std::string_view kIgnored = R"(/build/
/definitions/
/.partita/
)";

constexpr std::string_view kAsset = R"(#include <partita/plugin.hpp>

#include <fstream>
#include <string>

PARTITA_PLUGIN(@asset@, defs) {
  defs.asset("@asset@").monthly("2025-01-01") = [](partita::Run& run) {
    const std::string month(run.partition());
    std::ofstream(run.output_dir() + "/@asset@.csv") << "month,rows\n" << month << ",1\n";
    run.metadata("rows", 1);
  };
}
)";

constexpr std::string_view kTest = R"(#include <partita/testing.hpp>

#include <cstdio>

extern "C" const partita_plugin* partita_entry_v1(const partita_host*);

int main() {
  partita::testing::Plugin plugin(partita_entry_v1);
  const auto result = plugin.materialize("@asset@", "2025-01-01");
  if (result.ok() && result.metadata<int>("rows") == 1) return 0;
  std::printf("@asset@@2025-01-01 is not as it should be: %s\n", result.error().c_str());
  return 1;
}
)";

std::string filled(std::string_view text, std::string_view placeholder, std::string_view value) {
  std::string result(text);
  for (std::size_t at = 0; (at = result.find(placeholder, at)) != std::string::npos;) {
    result.replace(at, placeholder.size(), value);
    at += value.size();
  }
  return result;
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// What CMake takes as the name of a project.
std::string target_name(std::string_view name) {
  std::string result(name);
  std::replace_if(result.begin(), result.end(), [](char c) { return !is_name_character(c); }, '_');
  return result;
}

}  // namespace

std::vector<NewFile> asset_files(std::string_view asset) {
  return {{fmt::format("assets/{}.cpp", asset), filled(kAsset, "@asset@", asset)},
          {fmt::format("tests/{}_test.cpp", asset), filled(kTest, "@asset@", asset)}};
}

std::vector<NewFile> project_files(std::string_view project, std::string_view asset) {
  std::vector<NewFile> files{{"partita.toml", std::string(kSettings)},
                             {"CMakeLists.txt", filled(kBuild, "@project@", target_name(project))},
                             {".gitignore", std::string(kIgnored)}};
  for (NewFile& file : asset_files(asset)) files.push_back(std::move(file));
  return files;
}

Status validate_new_name(std::string_view name) {
  const bool starts_well =
      !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
  if (starts_well && std::all_of(name.begin(), name.end(), is_name_character)) return {};
  return usage_error(
      fmt::format("name a new asset `{}`: it is no name for a file and a target", name),
      "letters, digits and `_`, and no digit first");
}

Status write_new_files(const Path& directory, const std::vector<NewFile>& files) {
  for (const NewFile& file : files) {
    if (std::filesystem::exists(directory / file.path)) {
      return usage_error(
          fmt::format("write {}: it exists", (directory / file.path).lexically_normal().string()),
          "nothing was written; choose another name, or move it away");
    }
  }
  for (const NewFile& file : files) {
    const Path path = directory / file.path;
    if (Status made = make_directories(path.parent_path()); !made) return made;
    if (Status written = write_file(path, file.text); !written) return written;
  }
  return {};
}

std::string new_files_text(const std::string& directory, const std::vector<NewFile>& files,
                           const std::vector<NextCommand>& next, const Look& look) {
  std::string text;
  for (const NewFile& file : files)
    text += look.paint(Tone::good, "+") + " " + (Path(directory) / file.path).string() + "\n";
  return text + next_commands_text(next, look);
}

Json new_files_json(const std::vector<NewFile>& files, const std::vector<NextCommand>& next) {
  Json paths = Json::array();
  for (const NewFile& file : files) paths.push(file.path);
  Json lines = Json::array();
  for (const NextCommand& command : next) lines.push(command.line);
  return Json::object().set("files", std::move(paths)).set("next", std::move(lines));
}

}  // namespace partita
