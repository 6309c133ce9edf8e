// What an edit of a plugin costs: the compiler, the reload, the run.
//
//   reload_bench [COMPILER]
#include <dlfcn.h>
#include <fmt/format.h>
#include <partita/abi.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/zygote.hpp"
#include "command_cost.hpp"
#include "definitions/reload.hpp"
#include "must.hpp"

using namespace partita;
using bench::cost_of;
using bench::must;

namespace {

constexpr int kTimes = 30;
constexpr int kCompilations = 5;

struct Milliseconds {
  double median = 0;
  double least = 0;
};

double milliseconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return taken.count();
}

Milliseconds summary(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times.front()};
}

void print(std::string_view what, const Milliseconds& cost) {
  fmt::print("{:58} {:8.2f} ms (least {:.2f})\n", what, cost.median, cost.least);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// What a reload cannot do without: copy the file, and in a process of its own open it and have it
// declare.
void load_plainly(const Path& file, const Path& copy) {
  std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
  const pid_t child = ::fork();
  if (child == 0) {
    void* library = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) ::_exit(1);
    const auto entry =
        reinterpret_cast<partita_entry_v1_fn>(::dlsym(library, PARTITA_ENTRY_SYMBOL));
    partita_host host{};
    host.size = sizeof host;
    partita_registrar registrar{};
    registrar.size = sizeof registrar;
    registrar.add_asset = [](void*, const partita_asset*) -> partita_status { return PARTITA_OK; };
    registrar.add_check = [](void*, const partita_check*) -> partita_status { return PARTITA_OK; };
    registrar.fail = [](void*, partita_str) {};
    const partita_plugin* plugin = entry(&host);
    ::_exit(plugin->define(plugin->self, &registrar) == PARTITA_OK ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

class Bench {
 public:
  Bench(Path root, std::unique_ptr<Zygote> zygote, std::string compiler)
      : root_(std::move(root)), zygote_(std::move(zygote)), compiler_(std::move(compiler)) {
    must(make_directories(root_ / "definitions"));
    source_ = read_file(Path(PARTITA_SOURCE_DIR) / "tests/bench/fifty_lines.cpp").value();
    options_.directories = {root_ / "definitions"};
    options_.plugin_store = root_ / "store";
    options_.zygote = zygote_.get();
  }

  void compilations() {
    must(write_file(root_ / "fifty_lines.cpp", source_));
    const Milliseconds with = compiled({"-o", (root_ / "fifty_lines.so").string()});
    const Milliseconds without = compiled({"-DWITHOUT_SDK", "-o", (root_ / "plain.so").string()});
    print("compile and link a plugin of 50 lines", with);
    print("  the same code without the SDK's header", without);
    const double most = 1.5 * without.median + 500;
    fmt::print("  {:.2f} x; 1.5 x and 0.5 s would be {:.0f} ms\n", with.median / without.median,
               most);
    bytes_ = must(read_file(root_ / "fifty_lines.so"));
  }

  void reloads() {
    for (int i = 0; i < 50; ++i) publish(i, 0);
    reload();
    std::vector<double> ours, plain;
    for (int version = 1; version <= kTimes; ++version) {
      publish(25, version);
      ours.push_back(milliseconds_of([&] { reload(); }));
      plain.push_back(
          milliseconds_of([&] { load_plainly(file_of(25), root_ / "definitions-copy.so"); }));
    }
    if (catalog_->generation != 1 + kTimes) std::exit(1);
    const Milliseconds reload = summary(ours), bare = summary(plain);
    print("reload one changed plugin of 50", reload);
    print("  plain copy, fork, dlopen and define", bare);
    fmt::print("  {:.2f} x\n", reload.median / bare.median);
  }

  void no_change() {
    for (int i = 50; i < 200; ++i) publish(i, 0);
    reload();
    std::vector<double> times;
    for (int i = 0; i < kTimes; ++i) times.push_back(milliseconds_of([&] { reload(); }));
    print("reload 200 plugins of which none has changed", summary(times));
  }

  void edits() {
    const Path partita = Path(PARTITA_BINARY_DIR) / "bin" / "partita";
    const Path project = root_ / "project";
    must(make_directories(project / "definitions"));
    must(write_file(project / "partita.toml", "definitions = [\"definitions\"]\n"));
    must(write_file(project / "orders.csv", "ann,1\nbob,2\nann,3\n"));
    std::vector<double> compiling, materializing;
    for (int version = 0; version <= kCompilations; ++version) {
      must(write_file(root_ / "fifty_lines.cpp", of_version(source_, version)));
      const Path staged = project / "definitions" / ".staged.so";
      const double compiled = compile({"-o", staged.string()});
      std::filesystem::rename(staged, project / "definitions" / "bench.so");
      const std::vector<std::string> words{"--project", project.string(), "materialize",
                                           "bench_000/medians@eu"};
      const double materialized = cost_of(partita, words).milliseconds;
      if (version == 0) continue;  // which makes the project's store
      compiling.push_back(compiled);
      materializing.push_back(materialized);
    }
    const Milliseconds compiler = summary(compiling), rest = summary(materializing);
    print("from an edit to the materialized partition: the compiler", compiler);
    print("  `partita materialize`, with the reload", rest);
    fmt::print("  the compiler's share: {:.1f}%\n",
               100 * compiler.median / (compiler.median + rest.median));
  }

 private:
  static std::string of_version(const std::string& text, int version) {
    return replaced(text, "version 000000", fmt::format("version {:06}", version));
  }

  Path file_of(int number) const {
    return root_ / "definitions" / fmt::format("bench_{:03}.so", number);
  }

  // The compiler's own work once for all plugins: numbers and versions change in the bytes.
  void publish(int number, int version) const {
    const std::string bytes =
        replaced(of_version(bytes_, version), "bench_000", fmt::format("bench_{:03}", number));
    must(write_file(file_of(number), bytes));
  }

  void reload() {
    auto outcome = must(partita::reload(options_, catalog_));
    for (const Problem& problem : outcome.catalog->problems) {
      fmt::print(stderr, "{}\n", problem.message);
      std::exit(1);
    }
    catalog_ = std::move(outcome.catalog);
  }

  double compile(std::vector<std::string> words) const {
    words.insert(words.begin(),
                 {"-std=c++17", "-g", "-shared", "-fPIC", "-I", PARTITA_SOURCE_DIR "/sdk/include",
                  (root_ / "fifty_lines.cpp").string()});
    return cost_of(compiler_, words).milliseconds;
  }

  Milliseconds compiled(const std::vector<std::string>& words) const {
    std::vector<double> times;
    for (int i = 0; i < kCompilations; ++i) times.push_back(compile(words));
    return summary(times);
  }

  Path root_;
  std::unique_ptr<Zygote> zygote_;
  std::string compiler_;
  std::string source_;
  std::string bytes_;  // of the plugin
  ReloadOptions options_;
  CatalogPtr catalog_ = std::make_shared<const Catalog>();
};

}  // namespace

int main(int argc, char** argv) {
  auto zygote = must(Zygote::start({{kLoadRole, load_role}}));
  const Path root = must(make_temporary_directory("partita-bench-"));
  Bench bench(root, std::move(zygote), argc > 1 ? argv[1] : "c++");
  bench.compilations();
  bench.reloads();
  bench.no_change();
  bench.edits();
  must(remove_tree(root));
}
