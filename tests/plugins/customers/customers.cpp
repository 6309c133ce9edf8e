// Assets partitioned by customers, who may get other names: one by one, with each day, with each
// other.
#include <partita/plugin.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include "wait_for_release.hpp"

namespace {

// Fails, or waits, where a file says so.
void obey(partita::Run& run) {
  const std::string key(run.partition());
  if (std::filesystem::exists("refuse-" + key)) run.fail("told to");
  if (!std::filesystem::exists("hold-" + key)) return;
  std::ofstream("started-" + key) << "x";
  wait_for_release(run);
}

void write(partita::Run& run, const std::string& text) {
  std::ofstream(run.output_dir() + "/content.txt") << text;
}

std::string read(const partita::InputPartition& partition) {
  std::ifstream in(partition.output_dir() + "/content.txt");
  std::string text;
  std::getline(in, text);
  return text;
}

}  // namespace

PARTITA_PLUGIN(customers, defs) {
  defs.asset("orders").dynamic("customers") = [](partita::Run& run) {
    obey(run);
    run.metadata("length", static_cast<std::int64_t>(run.partition().size()));
    run.log("orders of " + std::string(run.partition()));
    write(run, "orders of " + std::string(run.partition()));
  };
  defs.check("are_there").on("orders") = [](partita::Run&) { return true; };

  defs.asset("invoices").code_version("1").dynamic("customers").from("orders") =
      [](partita::Run& run) {
        obey(run);
        write(run, "from " + read(run.input("orders").single()));
      };

  defs.asset("by_day")
      .by("customer", partita::dynamic("customers"))
      .by("day", partita::daily("2024-01-01").until("2024-01-03"))
      .from("orders") = [](partita::Run& run) {
    obey(run);
    write(run, std::string(run.partition()));
  };

  defs.asset("pairs")
      .by("buyer", partita::dynamic("customers"))
      .by("seller", partita::dynamic("customers")) = [](partita::Run&) {};

  defs.asset("everybody").from("invoices") = [](partita::Run& run) {
    std::int64_t count = 0;
    for (const auto& invoice : run.input("invoices")) count += invoice.materialized() ? 1 : 0;
    run.metadata("invoices", count);
  };
}
