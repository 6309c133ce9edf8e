// Assets that behave well and badly on purpose, for the tests that run the whole program.
#include <partita/plugin.hpp>

#include <sys/mman.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "wait_for_release.hpp"

namespace {

void touch(const std::string& name) {
  std::ofstream(name) << "x";
}

// Not address 0, where a sanitizer would look first.
[[gnu::noinline]] void write_to_nowhere() {
  void* nowhere = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile int*>(nowhere) = 1;
}

}  // namespace

PARTITA_PLUGIN(behaviours, defs) {
  defs.asset("letters")
      .description("Three letters")
      .group("plain")
      .kind("text")
      .keys({"a", "b", "c"}) = [](partita::Run& run) {
    std::ofstream(std::string(run.output_dir()) + "/letter.txt") << run.partition() << "\n";
    run.metadata("length", 1);
    run.log("wrote " + std::string(run.partition()));
  };

  defs.asset("words").group("plain").keys({"a", "b", "c"}).from("letters") = [](partita::Run& run) {
    const auto letter = run.input("letters").single();
    std::ifstream in(std::string(letter.output_dir()) + "/letter.txt");
    std::string text;
    std::getline(in, text);
    std::ofstream(std::string(run.output_dir()) + "/word.txt") << text << text << "\n";
  };

  defs.asset("sentence").group("plain").from("words") = [](partita::Run& run) {
    int words = 0;
    for (const auto& word : run.input("words")) words += word.materialized() ? 1 : 0;
    run.metadata("words", words);
  };

  defs.asset("crashes").group("bad").keys({"one", "two", "three"}) = [](partita::Run& run) {
    if (run.partition() != "two") return;
    std::printf("about to crash\n");
    write_to_nowhere();
  };

  defs.asset("after_crash").group("bad").keys({"one", "two", "three"}).from("crashes") =
      [](partita::Run&) {};

  defs.asset("misbehaves")
      .group("bad")
      .keys({"abort", "exit", "throw_int", "throw_std", "fail", "skip", "fine"}) =
      [](partita::Run& run) {
        const std::string how(run.partition());
        if (how == "abort") std::abort();
        if (how == "exit") std::exit(0);
        if (how == "throw_int") throw 42;
        if (how == "throw_std") throw std::runtime_error("the disk is blue");
        if (how == "fail") run.fail("no coffee");
        if (how == "skip") run.skip("nothing today");
      };

  defs.asset("prints").group("plain").keys({"x", "y"}) = [](partita::Run& run) {
    std::printf("out %s\n", std::string(run.partition()).c_str());
    run.log("log " + std::string(run.partition()));
    std::fprintf(stderr, "err %s\n", std::string(run.partition()).c_str());
  };

  defs.asset("waits").group("slow").keys({"1", "2", "3", "4"}) = [](partita::Run& run) {
    touch("started-" + std::string(run.partition()));
    wait_for_release(run);
  };

  defs.asset("configured").group("plain") = [](partita::Run& run) {
    run.metadata("limit", run.config<std::int64_t>("limit", 7));
    run.metadata("path", std::string(run.resource("store").get<std::string>("path", "unset")));
  };

  defs.asset("by_month").group("time").monthly("2024-01-01", "2025-01-01") = [](partita::Run& run) {
    run.metadata("month", partita::date(run.window().start));
  };

  defs.asset("ad_hoc").group("plain").dynamic("things") = [](partita::Run&) {};

  defs.asset("by_room")
      .group("plain")
      .by("room", partita::dynamic("rooms"))
      .by("letter", partita::keys({"a", "b"})) = [](partita::Run&) {};

  defs.asset("guarded").group("bad") = [](partita::Run& run) {
    std::ofstream(std::string(run.output_dir()) + "/bad.txt") << "never seen\n";
  };
  defs.check("must_hold").on("guarded").blocking() = [](partita::Run&) { return false; };
  defs.check("letters_have_length").on("letters") = [](partita::Run& run) {
    return run.input("letters").single().metadata<std::int64_t>("length") == 1;
  };
}
