#include "cli/run_id.hpp"

#include <fmt/format.h>

#include <charconv>

namespace partita {

namespace {

constexpr std::int64_t kPage = 100;

Result<std::int64_t> find_last(Project& project, const LastRun& last) {
  std::int64_t before = 0;
  for (;;) {
    Result<std::vector<RunRow>> runs = project.runs(kPage, before);
    if (!runs) return std::move(runs).error();
    for (const RunRow& run : *runs) {
      if (last.is_meant(run)) return run.run;
    }
    if (static_cast<std::int64_t>(runs->size()) < kPage) break;
    before = runs->back().run;
  }
  return Error{ErrorCode::not_found, fmt::format("there is no run {}", last.what),
               "`partita runs` lists them"};
}

}  // namespace

LastRun last_of_any_kind() {
  return {"yet", [](const RunRow&) { return true; }};
}

Result<std::int64_t> find_run(Project& project, const std::string& typed, const LastRun& last) {
  if (typed == "last") return find_last(project, last);
  std::int64_t run = 0;
  const auto read = std::from_chars(typed.data(), typed.data() + typed.size(), run);
  if (read.ec == std::errc() && read.ptr == typed.data() + typed.size() && run > 0) return run;
  return usage_error(fmt::format("`{}` is not a run", typed),
                     "write its number or `last`; `partita runs` lists them");
}

}  // namespace partita
