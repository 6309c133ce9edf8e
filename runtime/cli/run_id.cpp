#include "cli/run_id.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace partita {

namespace {

constexpr std::int64_t kPage = 100;

// The newest of which both hold.
Result<std::optional<RunRow>> newest(Project& project, bool (*is_meant)(const RunRow&),
                                     bool (*is_fit)(const RunRow&)) {
  std::int64_t before = 0;
  for (;;) {
    Result<std::vector<RunRow>> runs = project.runs(kPage, before);
    if (!runs) return std::move(runs).error();
    for (const RunRow& run : *runs) {
      if (is_meant(run) && (is_fit == nullptr || is_fit(run))) return std::optional(run);
    }
    if (static_cast<std::int64_t>(runs->size()) < kPage) return std::optional<RunRow>();
    before = runs->back().run;
  }
}

Error unfit(const RunRow& run, const std::optional<RunRow>& other, const LastRun& last) {
  std::string hint =
      other ? fmt::format("`partita {} {}`: the newest that is left to be gone on with, {}",
                          last.command, other->run, other->result)
            : "`partita runs` lists them";
  if (run.result == "failed")
    hint = fmt::format("`partita retry {}` takes up what failed", run.run) +
           (other ? "\n" + hint : "");
  return usage_error(
      fmt::format("{} the last run, {}: {}", last.command, run.run,
                  run.result == "running" ? "it is running" : "it came to its end, " + run.result),
      hint);
}

Result<std::int64_t> find_last(Project& project, const LastRun& last) {
  Result<std::optional<RunRow>> run = newest(project, last.is_meant, nullptr);
  if (!run) return std::move(run).error();
  if (!*run) {
    return Error{ErrorCode::not_found, fmt::format("there is no run {}", last.what),
                 "`partita runs` lists them"};
  }
  if (last.is_fit == nullptr || last.is_fit(**run)) return (*run)->run;
  Result<std::optional<RunRow>> other = newest(project, last.is_meant, last.is_fit);
  if (!other) return std::move(other).error();
  return unfit(**run, *other, last);
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
