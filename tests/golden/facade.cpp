// Everything of the facade that a plugin of this version of the contract relies on: built once,
// kept as a binary, loaded by every later host. See make.sh.
#include <partita/plugin.hpp>

#include <fstream>

PARTITA_PLUGIN(golden_facade, defs) {
  defs.asset("golden/months")
      .description("Days of months")
      .group("golden")
      .kind("csv")
      .tag("made", "once")
      .owner("nobody")
      .code_version("1")
      .monthly("2024-01-01", "2024-07-01") = [](partita::Run& run) {
    const std::int64_t days = (run.window().end - run.window().start) / 86400;
    std::ofstream(run.output_dir() + "/days.txt") << days << "\n";
    run.log("month " + std::string(run.partition()));
    run.metadata("days", days);
    run.data_version(std::to_string(days));
  };
  defs.asset("golden/sums")
      .from("golden/months", partita::all())
      .by("scale", partita::keys({"days", "weeks"}))
      .by("year", partita::yearly("2024-01-01").until("2025-01-01")) = [](partita::Run& run) {
    std::int64_t sum = 0;
    for (const auto& month : run.input("golden/months"))
      sum += month.metadata<std::int64_t>("days").value_or(0);
    run.metadata("sum", run.key("scale") == "weeks" ? sum / 7 : sum);
    run.metadata("factor", run.config("factor", 1));
  };
  defs.asset("golden/ends").keys({"fails", "skips", "throws"}) = [](partita::Run& run) {
    if (run.partition() == "skips") run.skip("nothing to do");
    if (run.partition() == "fails") run.fail("as it should");
    throw std::runtime_error("thrown");
  };
  // Since 1.1: functions that map, batches, how partitions are run.
  defs.asset("golden/pairs")
      .from("golden/months", partita::map_by("from_january",
                                             [](std::string_view key, partita::Keys& upstream) {
                                               upstream.add("2024-01-01");
                                               upstream.add(std::string(key));
                                             }))
      .keys({"2024-02-01", "2024-03-01", "2024-04-01"})
      .retry(partita::retries(1))
      .time_limit(60)
      .priority(1)
      .batch(2) = [](partita::Run& run) {
    for (const auto& pair : run.partitions()) {
      std::int64_t days = 0;
      for (const auto& month : run.input("golden/months", pair))
        days += month.metadata<std::int64_t>("days").value_or(0);
      run.commit(pair, {{"days", days}});
    }
  };
  defs.asset("golden/elsewhere").external();
  defs.check("long_enough").on("golden/months").blocking() = [](partita::Run& run) {
    return run.input("golden/months").single().metadata<std::int64_t>("days") > 27;
  };
}
