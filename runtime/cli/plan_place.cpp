#include "cli/plan_place.hpp"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "base/files.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

// What of a name is wrong is the command line's fault, not the system's.
Status can_be_read(const std::string& file) {
  std::error_code failed;
  const bool is_there = std::filesystem::exists(file, failed);
  if (!is_there && !failed)
    return Error{ErrorCode::not_found, fmt::format("read the plan: there is no file `{}`", file),
                 fmt::format("partita plan SELECTION -o {}", shell_quoted(file))};
  if (std::filesystem::is_directory(file, failed))
    return usage_error(fmt::format("read the plan: `{}` is a directory", file),
                       "name the file in it that `partita plan SELECTION -o FILE` wrote");
  return {};
}

Status can_be_written(const std::string& file) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed))
    return usage_error(fmt::format("write the plan: `{}` is a directory", file),
                       "-o takes the name of a file, as in -o " +
                           shell_quoted((Path(file) / "monday.plan").string()));
  const Path place = Path(file).parent_path();
  if (place.empty() || std::filesystem::is_directory(place, failed)) return {};
  if (!std::filesystem::exists(place, failed) && !failed)
    return Error{
        ErrorCode::not_found,
        fmt::format("write the plan `{}`: there is no directory `{}`", file, place.string()),
        "mkdir -p " + shell_quoted(place.string())};
  return usage_error(fmt::format("write the plan `{}`: `{}` is no directory", file, place.string()),
                     "-o takes the name of a file in a directory that is there");
}

}  // namespace

Result<std::string> read_plan(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (Status can = can_be_read(file); !can) return std::move(can).error();
  return read_file(file);
}

Status write_plan(const std::string& file, const std::string& text) {
  if (Status can = can_be_written(file); !can) return can;
  return write_file(file, text);
}

}  // namespace partita
