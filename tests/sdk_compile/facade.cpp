// A plugin that uses every part of the facade once.
#include <partita/plugin.hpp>

#include <string>

namespace {

void orders(partita::Run& run) {
  const auto limit = run.config("limit", 10);
  const auto path = run.resource("files").get("path");
  run.log("read " + path);
  run.progress(0.5, "half way");
  run.throw_if_cancelled();
  run.metadata("limit", limit);
  run.metadata("month", partita::date(run.window().start));
  run.metadata("preview", partita::Table({"a", "b"}).row("x", 1.5));
  run.metadata("notes", partita::markdown("**all** of them"));
  run.data_version("7");
}

void revenue(partita::Run& run) {
  double total = 0;
  for (const auto& month : run.input("orders")) {
    if (month.materialized()) total += month.metadata<double>("amount").value_or(0);
  }
  if (total < 0) run.fail("revenue below zero");
  run.metadata("total", total);
}

}  // namespace

PARTITA_PLUGIN(facade, defs) {
  defs.asset("orders")
      .description("what was ordered")
      .group("sales")
      .kind("csv")
      .tag("tier", "gold")
      .owner("team:data")
      .code_version("3")
      .pool("files")
      .partitioned_by(partita::monthly("2024-01-01").until("2026-01-01").in("Europe/Paris")) =
      orders;
  defs.asset("revenue").monthly("2024-01-01").from("orders", partita::time_window(-1, 0)) = revenue;
  defs.asset("grid")
      .by("category", partita::keys({"Books", "Clothing"}))
      .by("month", partita::monthly("2024-01-01"))
      .from("orders", partita::multi_to_single("month", partita::identity())) =
      [](partita::Run& run) { run.skip("nothing of " + std::string(run.key("category"))); };
  defs.asset("requests").dynamic("requests").from("grid", partita::keys({"Books|2024-01-01"})) =
      [](partita::Run&) {};
  defs.asset("cells")
      .by("category", partita::keys({"Books", "Clothing"}))
      .by("month", partita::monthly("2024-01-01"))
      .from("grid", partita::map_by("same_cell",
                                    [](const partita::PartitionKey& cell, partita::Keys& grid) {
                                      grid.add(partita::product_key(
                                          {{"month", partita::date(cell.window("month").start)},
                                           {"category", std::string(cell.key("category"))}}));
                                    })
                        .inverse([](std::string_view grid, partita::Keys& cells) {
                          cells.add(std::string(grid));
                        })
                        .allow_missing())
      .from("orders", partita::multi_to_single("month", partita::time_window_latest())) =
      [](partita::Run&) {};
  defs.asset("elsewhere").daily("2024-01-01").external();
  defs.asset("batches")
      .daily("2024-01-01")
      .from("elsewhere")
      .single_run()
      .retry(partita::retries(2).delay(1).linear().full_jitter())
      .memory_limit(2 * partita::GiB)
      .isolation(partita::Isolation::worker) = [](partita::Run& run) {
    for (const auto& day : run.partitions()) {
      if (run.input("elsewhere", day).empty()) run.skip(day, "nothing there");
      run.commit(day.key(), {{"rows", 3}, {"from", partita::date(day.window().start)}}, "v1");
      run.commit(day, {{"place", run.output_dir(day)}});
      run.fail(day, "too late");
    }
    if (run.partitions().empty()) run.retry("come back");
  };
  defs.check("has_rows").on("orders").blocking().severity(partita::warning) =
      [](partita::Run& run) { return partita::passed(run.attempt() > 0).because("no rows"); };
}
