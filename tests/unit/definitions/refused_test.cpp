// What is refused, and in which words.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/text.hpp"
#include "partitions/space.hpp"
#include "plugin/plugin_note.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;

namespace {

struct Case {
  const char* animal;
  const char* problem;  // the first line of it
};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("a plugin that goes wrong is refused with the reason, and the others are served") {
  const Case cases[] = {
      {"abort_in_constructor",
       "crashed: load definitions/x.so: it crashed in its constructors: SIGABRT (aborted)"},
      {"throws_through_noexcept",
       "crashed: load definitions/x.so: it crashed in define(): SIGABRT (aborted), uncaught "
       "std::runtime_error: no such table: prices"},
      {"overflows_the_stack",
       "crashed: load definitions/x.so: it crashed in its entry: SIGSEGV (segmentation fault), "
       "stack overflow"},
      {"throws_int", "entry_threw: load definitions/x.so: its entry threw int"},
      {"throws_in_define",
       "define_threw: load definitions/x.so: define() threw std::invalid_argument: no such table: "
       "prices"},
      {"fails_in_define",
       "define_failed: load definitions/x.so: define() failed: prices.csv is not there"},
      {"exit_in_constructor",
       "exited: load definitions/x.so: it ended the process in its constructors, or closed its "
       "descriptors"},
      {"exit_three_in_entry",
       "exited: load definitions/x.so: it ended the process with exit code 3 in its entry"},
      {"returns_null", "bad_table: load definitions/x.so: the table its entry returned is null"},
      {"returns_zeros",
       "bad_table: load definitions/x.so: the table its entry returned.size is 0, want 8 to 4096"},
      {"has_no_define", "bad_table: load definitions/x.so: partita_plugin.define is null"},
      {"no_note", "no_note: load definitions/x.so: it is no plugin: it has no Partita note"},
      {"no_entry", "no_entry: load definitions/x.so: it does not export partita_entry_v1"},
      {"newer_major", "abi_major: load definitions/x.so: wrong abi 2, want 1: upgrade the host"},
      {"older_major",
       "abi_major: load definitions/x.so: wrong abi 0, want 1: build the plugin again with this "
       "host's SDK"},
      {"newer_minor",
       "abi_minor: load definitions/x.so: needs abi 1.9, this host has 1.1: upgrade the host"},
      {"bad_id", "plugin_id: load definitions/x.so: plugin id: name `../up`: `..` is not allowed"},
      {"missing_symbol",
       "missing_symbol: load definitions/x.so: undefined symbol: _ZN6prices5tableEi "
       "(prices::table(int))"},
      {"missing_library",
       "missing_library: load definitions/x.so: libzoo_gone.so: cannot open shared object file: No "
       "such file or directory"},
      {"cycle_inside",
       "cycle: load definitions/x.so: cycle of dependencies: chicken needs egg needs nest needs "
       "chicken"},
      {"million_assets", "too_many: load definitions/x.so: it declares more than 100000 assets"},
  };
  for (const Case& item : cases) {
    CAPTURE(item.animal);
    DefinitionsDirectory directory;
    directory.add(item.animal, "x.so");
    directory.add("bazaar");
    CHECK(first_line(directory.only_problem()) == item.problem);
    CHECK(directory.catalog->asset_keys() == std::vector<std::string>{"carpets", "orders"});
    CHECK(directory.catalog->refused.size() == 1);
  }
}

TEST_CASE("an exception from a constructor is told, whether or not it ends the process") {
  DefinitionsDirectory directory;
  directory.add("throws_in_constructor");
  CHECK(
      first_line(directory.only_problem()).ends_with("std::runtime_error: no such table: prices"));
}

TEST_CASE("a plugin that wants more static thread-local memory than there is is refused") {
  DefinitionsDirectory directory;
  directory.add("wants_static_tls", "x.so");
  CHECK(directory.only_problem() ==
        "static_tls: load definitions/x.so: cannot allocate memory in static TLS block");
}

TEST_CASE("a plugin that needs a newer version of a library is refused with what it needs") {
  DefinitionsDirectory directory;
  std::string bytes = read_file(DefinitionsDirectory::animal("bazaar")).value();
  // Where the versions are that it needs: the first time that one is named.
  const std::size_t at = bytes.find("GLIBCXX_3.4.2");
  REQUIRE(at != std::string::npos);
  bytes[at + std::string("GLIBCXX_").size()] = '9';
  directory.write("x.so", bytes);
  const std::string problem = directory.only_problem();
  CAPTURE(problem);
  CHECK(problem.starts_with("library_version: load definitions/x.so: "));
  CHECK(problem.find("libstdc++.so.6: version `GLIBCXX_9.4.2") != std::string::npos);
  CHECK(problem.ends_with("' not found"));
}

TEST_CASE("a plugin that takes all the memory gets none, and is refused") {
  if (kHostSanitizers != 0) {
    MESSAGE("skipped: a sanitizer's addresses are not limited");
    return;
  }
  DefinitionsDirectory directory;
  directory.add("eats_memory", "x.so");
  const std::string problem = directory.only_problem();
  CAPTURE(problem);
  CHECK(problem.find("std::bad_alloc") != std::string::npos);
}

TEST_CASE("a plugin built with a sanitizer that the host lacks is refused") {
  DefinitionsDirectory directory;
  directory.add("sanitized");
  CHECK(directory.reload().problems.at(0).code == "sanitizer");
}

TEST_CASE("a crash is told with the frames of the plugin") {
  DefinitionsDirectory directory;
  directory.add("segfault_in_entry", "x.so");
  const std::string message = directory.only_problem();
  CAPTURE(message);
  CHECK(
      message.starts_with("crashed: load definitions/x.so: it crashed in its entry: SIGSEGV "
                          "(segmentation fault), at address 0x"));
  CHECK(message.find("\n  #0 x.so+0x") != std::string::npos);
  CHECK(message.find(" in write_to_nowhere()\n") != std::string::npos);
  CHECK(message.ends_with(" in partita_entry_v1"));
}

TEST_CASE("a plugin that loops and blocks all signals is killed at the time limit") {
  DefinitionsDirectory directory;
  directory.options.load_timeout_millis = 100;
  directory.add("loops_for_ever");
  CHECK(directory.only_problem() ==
        "timeout: load definitions/loops_for_ever.so: it did not finish within 0.1 s: it was in "
        "its entry");
}

TEST_CASE("a plugin that closes every descriptor is refused") {
  DefinitionsDirectory directory;
  directory.add("closes_descriptors", "x.so");
  CHECK(directory.only_problem() ==
        "exited: load definitions/x.so: it ended the process in its entry, or closed its "
        "descriptors");
}

TEST_CASE("a plugin's thread-local objects are destroyed by code that is still there") {
  DefinitionsDirectory directory;
  directory.add("destroys_thread_locals");
  SUBCASE("in a child") {}
  SUBCASE("in a thread of this process that ends") {
    directory.options.zygote = nullptr;
  }
  std::thread([&] { CHECK(directory.reload().problems.empty()); }).join();
  CHECK(directory.catalog->asset("per_thread") != nullptr);
}

TEST_CASE("a daemon that holds the host's socket open does not hold the load up") {
  DefinitionsDirectory directory;
  directory.add("forks_a_daemon");
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->plugins.size() == 1);
}

TEST_CASE("what does no harm to the definitions is a warning") {
  const Case cases[] = {
      {"leaves_a_thread",
       "thread_left: load definitions/x.so: it leaves a thread running after define()"},
      {"changes_its_mind",
       "define_differs: load definitions/x.so: define() says something else when it is called "
       "again"},
      {"crashes_in_close",
       "crashed: load definitions/x.so: it crashed in close(): SIGABRT (aborted)"},
  };
  for (const Case& item : cases) {
    CAPTURE(item.animal);
    DefinitionsDirectory directory;
    directory.add(item.animal, "x.so");
    CHECK(first_line(directory.only_problem()) == item.problem);
    CHECK(directory.catalog->problems[0].warning);
    CHECK(directory.catalog->plugins.size() == 1);
    CHECK(directory.catalog->refused.empty());
  }
}

TEST_CASE("what a plugin prints while it is loaded is brought back") {
  DefinitionsDirectory directory;
  directory.add("prints_in_define");
  CHECK(directory.reload().asset("printed") != nullptr);
  REQUIRE(directory.output.size() >= 2);
  CHECK(directory.output[0] == "definitions/prints_in_define.so: defining");
  CHECK(directory.output[1] == "definitions/prints_in_define.so: a warning");
}

TEST_CASE("each declaration that is refused is told, and the valid ones stand") {
  DefinitionsDirectory directory;
  directory.add("invalid_keys", "x.so");
  std::string told;
  for (const Problem& problem : directory.reload().problems) {
    CHECK(problem.code == "refused_declaration");
    told += problem.message.substr(0, 120) + "\n";
  }
  const std::string only = "only letters, digits, `_`, `-` and `.` are allowed, and `/` between";
  CHECK(split(told, '\n').size() == 11);
  CHECK(told.find("asset ``: key ``: it is empty\n") != std::string::npos);
  CHECK(told.find("asset `a..b`: key `a..b`: `..` is not allowed\n") != std::string::npos);
  CHECK(told.find("asset `/etc`: key `/etc`: a part is empty\n") != std::string::npos);
  CHECK(told.find("asset `a b`: key `a b`: " + only) != std::string::npos);
  CHECK(told.find("asset `-x`: key `-x`: a part begins with a letter") != std::string::npos);
  CHECK(told.find("asset `good`: it is declared twice\n") != std::string::npos);
  CHECK(told.find(": key is not UTF-8\n") != std::string::npos);
  CHECK(told.find("asset: key is null\n") != std::string::npos);
  CHECK(directory.catalog->asset_keys() == std::vector<std::string>{"good"});
}

TEST_CASE("partitions in any number are declared, and none of them is made for it") {
  DefinitionsDirectory directory;
  directory.options.load_timeout_millis = 120'000;  // it is slow under a sanitizer
  directory.add("million_partitions");
  CHECK(directory.only_problem() ==
        "refused_declaration: load definitions/million_partitions.so: asset `more_numbers`: "
        "partitions: keys: 1000001 are given, at most 1000000 are allowed");
  const auto size = [&](const char* asset) {
    return make_space(directory.catalog->asset(asset)->partitions, {}).value()->size();
  };
  CHECK(size("numbers") == 1'000'000);
  CHECK(size("minutes") == 36'816'480);  // until 1970, which is now
  CHECK(size("pairs") == 900'000'000);
}

TEST_CASE("what is no plugin file at all is refused by what it is") {
  DefinitionsDirectory directory;
  SUBCASE("an empty file") {
    directory.write("x.so", "");
    CHECK(directory.only_problem() == "empty: load definitions/x.so: it is empty");
  }
  SUBCASE("a text") {
    directory.write("x.so", "/* GNU ld script */ INPUT(libx.so.1)");
    CHECK(directory.only_problem() == "not_elf: load definitions/x.so: it is no ELF file");
  }
  SUBCASE("zeros") {
    directory.write("x.so", std::string(100'000, '\0'));
    CHECK(directory.only_problem() ==
          "truncated: load definitions/x.so: it is not whole: it begins with zeros");
  }
  SUBCASE("a directory") {
    REQUIRE(make_directories(directory.path("x.so")));
    CHECK(directory.only_problem() == "not_a_file: load definitions/x.so: it is a directory");
  }
  SUBCASE("a FIFO, which is not waited for") {
    REQUIRE(::mkfifo(directory.path("x.so").c_str(), 0600) == 0);
    CHECK(directory.only_problem() == "not_a_file: load definitions/x.so: it is a FIFO");
  }
  SUBCASE("a symbolic link to nothing") {
    REQUIRE(::symlink("nothing", directory.path("x.so").c_str()) == 0);
    CHECK(directory.only_problem() ==
          "symlink: load definitions/x.so: it is a symbolic link to a file that does not exist");
  }
  SUBCASE("a symbolic link to itself") {
    REQUIRE(::symlink("x.so", directory.path("x.so").c_str()) == 0);
    CHECK(directory.only_problem() ==
          "symlink: load definitions/x.so: it is a symbolic link that leads to itself");
  }
  SUBCASE("an executable") {
    std::filesystem::copy_file("/proc/self/exe", directory.path("x.so"));
    CHECK(directory.only_problem() ==
          "type: load definitions/x.so: it is an executable, want a shared library");
  }
  SUBCASE("a library of 32 bits") {
    std::string bytes = read_file(DefinitionsDirectory::animal("shop_1")).value();
    bytes[4] = '\1';
    directory.write("x.so", bytes);
    CHECK(directory.only_problem().find("(32 bit), this host is ") != std::string::npos);
  }
  SUBCASE("an object file") {
    std::string bytes = read_file(DefinitionsDirectory::animal("shop_1")).value();
    bytes[16] = '\1';
    directory.write("x.so", bytes);
    CHECK(directory.only_problem() ==
          "type: load definitions/x.so: it is an object file, want a shared library");
  }
  SUBCASE("debug information that was split off") {
    std::filesystem::copy_file(DefinitionsDirectory::animal("shop_1_debug"),
                               directory.path("x.so"));
    CHECK(
        directory.only_problem() ==
        "type: load definitions/x.so: it has no dynamic section: it holds debug information only");
  }
  SUBCASE("a library for another machine") {
    std::string bytes = read_file(DefinitionsDirectory::animal("shop_1")).value();
    bytes[18] = '\xf3';
    bytes[19] = '\0';
    directory.write("x.so", bytes);
    CHECK(directory.only_problem().starts_with(
        "machine: load definitions/x.so: it is built for riscv (64 bit), this host is "));
  }
}

TEST_CASE("a definitions directory that cannot be read is told, and what it held stays") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  const Path definitions = directory.options.directories[0];
  std::filesystem::rename(definitions, definitions.string() + ".moved");
  CHECK(directory.only_problem() ==
        "no_directory: read definitions directory " + definitions.string() +
            ": No such file or directory; the last good version of its plugin is in use: make or "
            "mount the directory, or mend `definitions` in partita.toml");
  CHECK(directory.emptied.empty());
  CHECK(directory.catalog->asset("orders") != nullptr);
  std::filesystem::rename(definitions.string() + ".moved", definitions);
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->plugin("shop")->stale_reason.empty());
}

TEST_CASE("a definitions directory that has lost all its plugins is named, once") {
  DefinitionsDirectory directory;
  directory.reload();
  CHECK(directory.emptied.empty());
  directory.add("shop_1", "shop.so");
  directory.reload();
  CHECK(directory.emptied.empty());
  directory.remove("shop.so");
  directory.reload();
  CHECK(directory.emptied == directory.options.directories);
  CHECK(directory.catalog->asset("orders") == nullptr);
  directory.reload();
  CHECK(directory.emptied.empty());
}

TEST_CASE("a definitions directory to which anybody may write is a warning") {
  DefinitionsDirectory directory;
  REQUIRE(::chmod(directory.path("").c_str(), 0777) == 0);
  CHECK(directory.reload().problems.at(0).code == "world_writable");
  CHECK(directory.catalog->problems[0].warning);
}
