// Graphs of assets that do nothing, large in one way each.
#include <partita/plugin.hpp>

#include <string>

namespace {

constexpr int kLinks = 1000;

void nothing(partita::Run&) {}

// So many minutes from the beginning of 2000.
partita::Dimension until(const char* end) {
  return partita::cron("* * * * *", "2000-01-01").until(end);
}
constexpr const char* k1000 = "2000-01-01-16:40";
constexpr const char* k10000 = "2000-01-07-22:40";
constexpr const char* k100000 = "2000-03-10-10:40";
constexpr const char* k250000 = "2000-06-22-14:40";

void define_chain(partita::Definitions& defs) {
  std::string before;
  for (int i = 1; i <= kLinks; ++i) {
    std::string name = "link_" + std::to_string(i);
    auto& link = defs.asset(name).group("chain").partitioned_by(until(k1000));
    if (!before.empty()) link.from(before);
    link = nothing;
    before = std::move(name);
  }
}

void define_diamond(partita::Definitions& defs) {
  const auto in_diamond = [&](const char* name) -> partita::Asset& {
    return defs.asset(name).group("diamond").partitioned_by(until(k250000));
  };
  in_diamond("top") = nothing;
  in_diamond("left").from("top") = nothing;
  in_diamond("right").from("top") = nothing;
  in_diamond("bottom").from("left").from("right") = nothing;
}

}  // namespace

PARTITA_PLUGIN(shapes, defs) {
  define_chain(defs);
  define_diamond(defs);
  defs.asset("each").group("all_to_all").partitioned_by(until(k10000)) = nothing;
  defs.asset("of_all")
      .group("all_to_all")
      .partitioned_by(until(k10000))
      .from("each", partita::all()) = nothing;
  defs.asset("after_itself")
      .partitioned_by(until(k100000))
      .from("after_itself", partita::time_window(-1, -1).allow_missing()) = nothing;
}
