#include "cli/run_id.hpp"

#include <fmt/format.h>

#include <charconv>

namespace partita {

Result<std::int64_t> find_run(Project& project, const std::string& typed) {
  if (typed == "last") {
    Result<std::vector<RunRow>> newest = project.runs(1, 0);
    if (!newest) return std::move(newest).error();
    if (newest->empty())
      return Error{ErrorCode::not_found, "there is no run yet",
                   "start one: partita materialize ..."};
    return newest->front().run;
  }
  std::int64_t run = 0;
  const auto read = std::from_chars(typed.data(), typed.data() + typed.size(), run);
  if (read.ec == std::errc() && read.ptr == typed.data() + typed.size() && run > 0) return run;
  return usage_error(fmt::format("`{}` is not a run", typed),
                     "write its number or `last`; `partita runs` lists them");
}

}  // namespace partita
