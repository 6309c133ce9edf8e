// What kill -9 cannot show: the power goes, and with it what was written and not synced.
//
// A store is used while every operation on its files is recorded. Then the files are made as the
// power's loss after each of the operations may have left them, and opened.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/sha256.hpp"
#include "faults/store_life.hpp"
#include "support/file_seam.hpp"

using namespace partita;
using namespace partita::tests;

namespace {

constexpr int kCalls = 130;
constexpr std::size_t kSector = 512;

// The store right after a call.
struct Moment {
  std::int64_t operations = 0;  // that were done by then
  bool durable = true;
  LogSeen log;
};

using Content = std::optional<std::string>;  // none: there is no such file

void apply(const FileOperation& operation, Content& content) {
  if (operation.kind == FileOperation::Kind::remove) return content.reset();
  if (!content) content.emplace();
  const auto at = static_cast<std::size_t>(operation.offset);
  if (operation.kind == FileOperation::Kind::truncate) return content->resize(at);
  content->resize(std::max(content->size(), at + operation.bytes.size()));
  content->replace(at, operation.bytes.size(), operation.bytes);
}

// Keeps what was synced; of the rest as much as chance leaves.
class Disk {
 public:
  void apply(const FileOperation& operation) {
    File& file = files_[operation.file];
    if (operation.kind != FileOperation::Kind::sync) return file.pending.push_back(&operation);
    // SQLite syncs the directory with a journal that is new.
    if (!file.durable) sync_removals();
    for (const FileOperation* pending : file.pending) ::apply(*pending, file.durable);
    file.pending.clear();
  }

  // `kept`: the chance of each operation that was not synced, of 100. Writes may be torn.
  void leave_in(const Path& directory, int kept, std::mt19937& random) const {
    for (const auto& [name, file] : files_) {
      Content content = file.durable;
      for (const FileOperation* pending : file.pending) {
        const bool lost = static_cast<int>(random() % 100) >= kept;
        // Nothing can reach a file of this name before the old one has gone.
        if (lost && pending->kind == FileOperation::Kind::remove) break;
        if (!lost) ::apply(torn(*pending, random), content);
      }
      if (!content) continue;
      std::ofstream(directory / Path(name).filename(), std::ios::binary) << *content;
    }
  }

 private:
  struct File {
    Content durable;
    std::vector<const FileOperation*> pending;
  };

  void sync_removals() {
    for (auto& [name, file] : files_) {
      const auto removed = std::find_if(
          file.pending.rbegin(), file.pending.rend(),
          [](const auto* operation) { return operation->kind == FileOperation::Kind::remove; });
      if (removed == file.pending.rend()) continue;
      file.durable.reset();
      file.pending.erase(file.pending.begin(), removed.base());
    }
  }

  static FileOperation torn(FileOperation operation, std::mt19937& random) {
    const std::size_t sectors = operation.bytes.size() / kSector;
    if (sectors > 0 && random() % 16 == 0) operation.bytes.resize(random() % sectors * kSector);
    return operation;
  }

  std::map<std::string, File> files_;
};

struct Recording {
  std::vector<FileOperation> operations;
  std::vector<Moment> moments;  // the first is before any call
};

Recording record_life(FileSeam& seam, const Path& file, unsigned seed) {
  Recording recording;
  recording.moments.push_back({0, true, LogSeen{0, Sha256().hex()}});
  StoreLife life(file, seed);
  seam.record(file.string());
  for (int call = 0; call < kCalls; ++call) {
    const Status done = life.step();
    REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
    const std::int64_t operations = seam.recorded();
    const auto log = see_log(file);
    REQUIRE(log);
    // A call that found nothing to do has not made durable what was relaxed before it.
    const bool wrote = operations > recording.moments.back().operations;
    recording.moments.push_back({operations, wrote && life.was_durable(), *log});
  }
  recording.operations = seam.stop_recording();
  return recording;
}

// Whether the log is what it was after a call: the last that was durable, or a later one up to
// that which was being made.
bool is_allowed(const std::vector<Moment>& moments, std::int64_t cut, const LogSeen& log) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < moments.size() && moments[i].operations <= cut; ++i)
    if (moments[i].durable) first = i;
  for (std::size_t i = first; i < moments.size(); ++i) {
    if (moments[i].log == log) return true;
    if (moments[i].operations > cut) return false;
  }
  return false;
}

// Opens what is left after the cut. Every fourth time all of it is looked at.
void check_left(const Path& directory, const std::vector<Moment>& moments, std::int64_t cut) {
  const Path file = directory / "store.db";
  const StepClock clock;
  auto store = Store::open(file, clock);
  REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
  const auto log = see_log(file);
  REQUIRE(log);
  REQUIRE(is_allowed(moments, cut, *log));
  const std::string trouble =
      cut % 4 == 0 ? trouble_with(**store, directory / "scratch") : trouble_with_sets(**store);
  REQUIRE_MESSAGE(trouble.empty(), trouble);
  REQUIRE((*store)->begin_run({}));
}

int rounds() {
  const char* asked = std::getenv("PARTITA_FAULT_ROUNDS");
  return asked != nullptr ? std::atoi(asked) : 1;
}

}  // namespace

TEST_CASE("whenever the power goes, what was acknowledged is there and nothing else") {
  const Path directory = *make_temporary_directory("partita-power-");
  std::int64_t cuts = 0;
  for (int round = 0; round < rounds(); ++round) {
    FileSeam seam;
    seam.skip_syncs(true);
    REQUIRE(make_directories(directory / "life"));
    const Recording recording =
        record_life(seam, directory / "life" / "store.db", static_cast<unsigned>(round));
    std::mt19937 random(static_cast<unsigned>(round));
    Disk disk;
    for (std::size_t cut = 0; cut < recording.operations.size(); ++cut) {
      constexpr int kChances[] = {0, 50, 90, 100};
      const int kept = kChances[random() % std::size(kChances)];
      CAPTURE(round);
      CAPTURE(cut);
      CAPTURE(kept);
      disk.apply(recording.operations[cut]);
      const Path left = directory / "left";
      REQUIRE(make_directories(left));
      disk.leave_in(left, kept, random);
      check_left(left, recording.moments, static_cast<std::int64_t>(cut) + 1);
      REQUIRE(remove_tree(left));
      ++cuts;
    }
    REQUIRE(remove_tree(directory / "life"));
  }
  MESSAGE("cut the power at ", cuts, " points");
  REQUIRE(remove_tree(directory));
}
