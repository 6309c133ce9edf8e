// Random projects through the real binary: graphs that are drawn and drawn anew, attempts that
// fail, crash, skip or succeed on a second try, hosts that are killed or interrupted in the middle
// of a partition, retries, resumes and reloads in any order. After each command a model that looks
// at single partitions says what was to run, what ran, and what every partition's status is.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "drawn_project.hpp"
#include "support/sandbox.hpp"

using namespace partita::tests;
using partita::Json;

namespace fs = std::filesystem;

namespace {

constexpr int kAssets = 5;
constexpr int kTurns = 12;

struct Tally {
  int runs = 0, retries = 0, resumed = 0, killed = 0, interrupted = 0, reloads = 0, wipes = 0;
  int partitions = 0, failed = 0, held_back = 0, unchanged = 0;
};

class RandomProject {
 public:
  RandomProject(unsigned seed, Tally& tally)
      : random_(seed),
        tally_(tally),
        model_([this](const Partition& p) { return word("fate-", p); },
               [this](const Partition& p) { return word("version-", p); }) {
    current_ = draw(random_, kAssets);
    publish();
  }

  void turn() {
    if (any(4) == 0) reload();
    if (any(4) == 0) wipe();
    draw_fates();
    const int what = any(6);
    if (what == 0 && last_run_ > 0) {
      retry();
    } else if (what < 4 && is_resumable_) {
      resume();
    } else {
      materialize();
    }
    compare();
  }

 private:
  int any(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  std::string word(const std::string& what, const Partition& partition) const {
    const std::string file = what + name_of(partition);
    return project_.exists(file) ? project_.read(file) : std::string();
  }

  // ---- what the plugin declares

  void publish() {
    const fs::path built = fs::path(PARTITA_BINARY_DIR) / "plugins" / "drawn.so";
    std::ifstream in(built, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::string text = current_.text();
    const std::size_t at = bytes.find("partita drawing\n");
    REQUIRE(at != std::string::npos);
    bytes.replace(at, text.size(), text);
    project_.write("drawn.new", bytes);
    fs::rename(project_.directory() / "drawn.new", project_.directory() / "definitions/drawn.so");
    model_.take(current_);
  }

  void reload() {
    redraw(current_, random_);
    publish();
    ++tally_.reloads;
    if (any(2) == 0) REQUIRE(project_.run({"reload"}).code == 0);
  }

  // For good, or until the next moment.
  void wipe() {
    const auto& assets = current_.assets;
    const DrawnAsset& asset =
        assets[static_cast<std::size_t>(any(static_cast<int>(assets.size())))];
    Partitions wiped;
    for (const Partition& one : model_.all_of({asset.name}))
      if (model_.status(one) == "materialized" && any(2) == 0) wiped.insert(one);
    if (wiped.empty()) return;
    ++tally_.wipes;
    std::string selection;
    for (const Partition& one : wiped)
      selection += (selection.empty() ? "" : " or ") + name_of(one);
    CAPTURE(selection);
    const Model before = model_;
    REQUIRE(project_.run({"wipe", selection, "--yes"}).code == 0);
    model_.wipe(wiped);
    if (any(3) != 0) return;
    compare();
    REQUIRE(project_.run({"wipe", "--undo"}).code == 0);
    model_ = before;
  }

  // ---- how attempts end

  void draw_fates() {
    const int sides = any(3) == 0 ? 16 : 64;
    const std::vector<Partition> partitions = current_.partitions();
    for (const Partition& partition : partitions) {
      fs::remove(project_.directory() / ("fate-" + name_of(partition)));
      constexpr const char* kFates[] = {"fail", "flaky", "skip", "crash"};
      const int dice = any(sides);
      if (dice < 4) give("fate-", partition, kFates[dice]);
      if (any(6) == 0) give("version-", partition, std::to_string(any(2)));
    }
    for (int disturbed = any(4); disturbed > 1; --disturbed) {
      const int one = any(static_cast<int>(partitions.size()));
      give("fate-", partitions[static_cast<std::size_t>(one)], any(2) == 0 ? "kill" : "interrupt");
    }
  }

  void give(const std::string& what, const Partition& partition, const std::string& word) const {
    project_.write(what + name_of(partition), word);
  }

  // ---- what is asked for

  void materialize() {
    std::set<std::string> assets;
    std::string selection;
    for (const DrawnAsset& asset : current_.assets) {
      if (any(3) == 0) continue;
      assets.insert(asset.name);
      selection += (selection.empty() ? "" : " or ") + asset.name;
    }
    if (assets.empty()) return;
    ModelRequest request;
    const Partitions selected = model_.all_of(assets);
    std::vector<std::string> words = {"materialize", selection};
    want(selected, request, words);
    request.allow_missing = any(4) == 0;
    request.upstream_missing = any(3) == 0;
    if (request.allow_missing) words.emplace_back("--allow-missing-upstream");
    if (request.upstream_missing) words.emplace_back("--upstream-missing");
    run(std::move(words), model_.plan(request), 0);
    ++tally_.runs;
  }

  void want(const Partitions& selected, ModelRequest& request, std::vector<std::string>& words) {
    switch (any(6)) {
      case 0:
        words.emplace_back("--all");
        request.targets = selected;
        break;
      case 1:
        words.emplace_back("--missing");
        request.targets = model_.missing(selected);
        break;
      case 2:
        words.emplace_back("--failed");
        request.targets = model_.failed(selected);
        break;
      default:
        words.emplace_back("--stale");
        request.targets = model_.stale(selected);
        request.may_change = model_.materialized(selected);
    }
  }

  void retry() {
    const ModelPlan plan = model_.plan(model_.rest(last_run_, plans_.at(last_run_), false));
    run({"retry", std::to_string(last_run_)}, plan, 0);
    ++tally_.retries;
  }

  // By the definitions that it began with.
  void resume() {
    model_.take(drawings_.at(last_run_));
    const ModelRequest rest = model_.rest(last_run_, plans_.at(last_run_), true);
    const ModelPlan plan = model_.plan(rest);
    failed_before_ = !rest.not_made.empty();
    run({"resume", std::to_string(last_run_)}, plan, last_run_);
    failed_before_ = false;
    model_.take(current_);
    ++tally_.resumed;
  }

  // ---- what comes of it

  void run(std::vector<std::string> words, const ModelPlan& plan, int resumed) {
    const Results expected = model_.expect(plan);
    const Json answer = run_command(words, plan, expected);
    CAPTURE(fmt::format("{}", fmt::join(words, " ")));
    if (plan.run.empty() && plan.blocked.empty() && resumed == 0) {
      CHECK(begun_.empty());
      return;
    }
    const int id = resumed != 0 ? resumed : ++last_id_;
    last_run_ = id;
    if (resumed == 0) {
      plans_[id] = plan;
      drawings_[id] = model_.drawing();
    }
    const Json record = project_.json({"run", std::to_string(id)});
    const std::string result = record["result"].as_string();
    is_resumable_ = result == "interrupted" || result == "cancelled";
    Results results = expected;
    if (is_resumable_ || was_interrupted_) {
      results = recorded(record, plan, expected);
    } else {
      check_counts(answer, plan, expected);
      check_begun(plan, expected);
    }
    for (const Partition& one : plan.blocked) results[one] = "upstream_failed";
    model_.happened(id, results);
    count(results);
  }

  // As many workers as can be at once, in any kind of process that survives what they do.
  Json run_command(std::vector<std::string> words, const ModelPlan& plan, const Results& expected) {
    fs::remove(project_.directory() / "journal");
    fs::remove(project_.directory() / "host");
    constexpr const char* kIsolations[] = {"worker", "partition", "none"};
    const bool crashes = std::any_of(plan.run.begin(), plan.run.end(), [&](const Partition& one) {
      return word("fate-", one) == "crash";
    });
    for (const std::string& more :
         {std::string("--json"), std::string("-j"), std::to_string(1 + any(3)),
          std::string("--isolation"), std::string(kIsolations[any(crashes ? 2 : 3)])})
      words.push_back(more);
    RunningCommand command = project_.start(words);
    project_.write("host.new", std::to_string(command.pid()));
    fs::rename(project_.directory() / "host.new", project_.directory() / "host");
    const CommandResult ended = command.wait();
    CAPTURE(fmt::format("{}", fmt::join(words, " ")));
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    hear(plan, expected);
    was_interrupted_ = ended.code == 130;
    if (ended.code == 128 + SIGKILL) {
      ++tally_.killed;
      return {};
    }
    if (was_interrupted_) ++tally_.interrupted;
    const bool well = std::all_of(expected.begin(), expected.end(), [](const auto& one) {
      return one.second != "failed" && one.second != "upstream_failed";
    });
    const bool all_well = well && plan.blocked.empty() && !failed_before_;
    if (!was_interrupted_) CHECK(ended.code == (all_well ? 0 : 1));
    return *Json::parse(ended.out);
  }

  // What the partitions wrote down themselves: each begins after all that it needs of the plan.
  void hear(const ModelPlan& plan, const Results& expected) {
    begun_.clear();
    std::istringstream journal(project_.exists("journal") ? project_.read("journal") : "");
    Partitions ended;
    for (std::string what, name; journal >> what >> name;) {
      const std::size_t at = std::min(name.find('@'), name.size());
      const Partition partition{name.substr(0, at), name.substr(std::min(at + 1, name.size()))};
      CAPTURE(name);
      if (what == "end") ended.insert(partition);
      if (what != "begin") continue;
      CHECK(plan.run.contains(partition));
      ++begun_[partition];
      for (const Partition& parent : model_.drawing().parents(partition)) {
        if (!plan.run.contains(parent)) continue;
        const std::string& outcome = expected.at(parent);
        CHECK((ended.contains(parent) || outcome == "skipped" || outcome == "unchanged"));
      }
    }
  }

  void check_counts(const Json& answer, const ModelPlan& plan, const Results& expected) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& [partition, outcome] : expected) ++counts[outcome];
    if (!plan.blocked.empty())
      counts["upstream_failed"] += static_cast<std::int64_t>(plan.blocked.size());
    for (const char* status :
         {"materialized", "failed", "upstream_failed", "skipped", "cancelled"}) {
      CAPTURE(status);
      const Json& said = answer["counts"][status];
      CHECK((said.is_null() ? 0 : said.as_int()) == counts[status]);
    }
    CHECK(answer["unchanged"].as_int() == counts["unchanged"]);
  }

  // Each as often as it was to be attempted.
  void check_begun(const ModelPlan& plan, const Results& expected) {
    for (const Partition& partition : plan.run) {
      CAPTURE(name_of(partition));
      const std::string& outcome = expected.at(partition);
      const int retries = model_.drawing().asset(partition.first).retries;
      const bool again = outcome == "failed" || word("fate-", partition) == "flaky";
      const bool starts = outcome != "upstream_failed" && outcome != "unchanged";
      CHECK(begun_[partition] == (starts ? 1 + (again ? retries : 0) : 0));
    }
  }

  // Of a run that did not come to its end: what is durable, which is as it was to be.
  Results recorded(const Json& record, const ModelPlan& plan, const Results& expected) {
    Results results;
    for (const Json& row : record["partitions"].as_array()) {
      const Partition partition{row["asset"].as_string(), row["key"].as_string()};
      const std::string status = row["status"].as_string();
      CAPTURE(name_of(partition));
      if (!plan.run.contains(partition)) continue;
      const int retries = model_.drawing().asset(partition.first).retries;
      const bool cut_short = status == "failed" && row["attempts"].as_int() <= retries;
      const bool may_be =
          cut_short && (word("fate-", partition) == "flaky" || model_.is_cut_short(partition));
      CHECK((status == expected.at(partition) || may_be || status == "cancelled"));
      results[partition] = cut_short ? "cut short" : status;
    }
    return results;
  }

  void count(const Results& results) {
    for (const auto& [partition, outcome] : results) {
      ++tally_.partitions;
      tally_.failed += outcome == "failed" ? 1 : 0;
      tally_.held_back += outcome == "upstream_failed" ? 1 : 0;
      tally_.unchanged += outcome == "unchanged" ? 1 : 0;
    }
  }

  void compare() {
    for (const DrawnAsset& asset : current_.assets) {
      const Json answer = project_.json({"partitions", asset.name, "--limit", "0"});
      const auto& rows = answer["partitions"].as_array();
      REQUIRE(rows.size() == current_.keys(asset).size());
      for (const Json& row : rows) {
        const Partition partition{asset.name, row["key"].as_string()};
        CAPTURE(name_of(partition));
        const std::string status = row["status"].as_string();
        const std::optional<bool> fresh = model_.is_fresh(partition);
        if (status == model_.status(partition) && (!fresh || row["fresh"].as_bool() == *fresh))
          continue;
        std::string parents;
        for (const Partition& parent : current_.parents(partition))
          parents += project_.run({"explain", name_of(parent)}).out;
        FAIL("is to be ", model_.status(partition), std::string(fresh && !*fresh ? ", stale" : ""),
             "\n", current_.text(), project_.run({"explain", name_of(partition)}).out, parents,
             project_.run({"runs"}).out, project_.run({"wipe", "--list"}).out);
      }
    }
  }

  std::mt19937 random_;
  Tally& tally_;
  Sandbox project_{"definitions = [\"definitions\"]\nmax_worker_deaths = 0\n"};
  Model model_;
  Drawing current_;
  std::map<int, ModelPlan> plans_;
  std::map<int, Drawing> drawings_;
  std::map<Partition, int> begun_;
  int last_id_ = 0, last_run_ = 0;
  bool is_resumable_ = false;
  bool was_interrupted_ = false;  // with something left to do, or to be attempted again
  bool failed_before_ = false;    // in the run that is resumed
};

int projects_asked() {
  const char* asked = std::getenv("PARTITA_RANDOM_PROJECTS");
  return asked != nullptr ? std::atoi(asked) : 12;
}

}  // namespace

TEST_CASE("random projects go as the model says, whatever fails, is killed or changes") {
  Tally tally;
  for (int seed = std::getenv("SEED0") ? std::atoi(std::getenv("SEED0")) : 0;
       seed < projects_asked(); ++seed) {
    CAPTURE(seed);
    RandomProject project(static_cast<unsigned>(seed), tally);
    for (int turn = 0; turn < kTurns; ++turn) {
      CAPTURE(turn);
      project.turn();
    }
  }
  MESSAGE(tally.runs, " runs, ", tally.retries, " retries, ", tally.resumed, " resumed, ",
          tally.reloads, " reloads, ", tally.wipes, " wipes; ", tally.killed, " killed, ",
          tally.interrupted, " interrupted; of ", tally.partitions, " partitions ", tally.failed,
          " failed, ", tally.held_back, " held back, ", tally.unchanged, " left as they were");
}
