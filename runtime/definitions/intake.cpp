#include "definitions/intake.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "base/sha256.hpp"
#include "definitions/inspector.hpp"
#include "definitions/load_hash.hpp"
#include "definitions/quiet_copy.hpp"

namespace partita {
namespace {

// A file that was last written longer ago than this is broken, not unfinished.
constexpr std::int64_t kSettledMicros = 2'000'000;

Refusal store_refusal(const Error& error) {
  return {"store", error.hint.empty() ? error.message : error.message + ": " + error.hint};
}

// Collects a plugin and what it needs in a staging directory.
class Collector {
 public:
  Collector(const ScannedFile& file, const Scan& scan, Staging& staging)
      : file_(file), scan_(scan), staging_(staging) {}

  std::optional<Refusal> run(Intake& intake) {
    const QuietFile source = open_quiet(file_.file);
    intake.signature = source.signature;
    if (source.refusal) return source.refusal;
    // Before it is copied: most of what is refused is no plugin at all.
    Inspection inspection = inspect(source.file.get());
    if (inspection.refusal) return inspection.refusal;
    intake.record.id = inspection.note.plugin_id;
    intake.record.file = file_.file;
    intake.record.signature = source.signature;
    if (auto refusal = copy(source, file_)) return refusal;
    if (auto refusal = copy_needed(inspection.needed, intake.record)) return refusal;
    intake.record.load_hash = hashes_.size() == 1 ? hashes_.front() : combined_hash();
    return {};
  }

 private:
  std::optional<Refusal> copy(const QuietFile& source, const ScannedFile& file) {
    const Path relative = file.file.lexically_relative(file.root);
    const auto place = staging_.place_for(relative, source.signature.size);
    if (!place) return store_refusal(place.error());
    if (auto refusal = copy_quiet(source, *place)) return refusal;
    const Descriptor opened(::open(place->c_str(), O_RDONLY | O_CLOEXEC));
    const auto hash = load_hash(opened.get());
    if (!hash) return Refusal{"truncated", hash.error().message, true};
    hashes_.push_back(*hash);
    return {};
  }

  // The closure of DT_NEEDED over the files of the same definitions directory. Which of several
  // files of one name is meant depends on run paths: all are taken, in their places.
  std::optional<Refusal> copy_needed(std::vector<std::string> names, PluginRecord& record) {
    std::set<std::string> seen;
    while (!names.empty()) {
      const std::string name = names.back();
      names.pop_back();
      if (!seen.insert(name).second) continue;
      for (const ScannedFile* helper : scan_.named(file_.root, name)) {
        if (helper->file == file_.file || helper->refusal) continue;
        const QuietFile source = open_quiet(helper->file);
        if (source.refusal) return about(*helper, *source.refusal);
        const Inspection inspection = inspect(source.file.get());
        if (inspection.refusal && inspection.refusal->unfinished) {
          return about(*helper, *inspection.refusal);
        }
        names.insert(names.end(), inspection.needed.begin(), inspection.needed.end());
        if (auto refusal = copy(source, *helper)) return about(*helper, *refusal);
        record.helpers.push_back(helper->file);
        record.helper_signatures.push_back(source.signature);
      }
    }
    return {};
  }

  static Refusal about(const ScannedFile& helper, Refusal refusal) {
    refusal.message = fmt::format("its helper {}: {}", helper.shown, refusal.message);
    return refusal;
  }

  std::string combined_hash() const {
    Sha256 hash;
    for (const std::string& part : hashes_) hash.add(part);
    return hash.hex();
  }

  const ScannedFile& file_;
  const Scan& scan_;
  Staging& staging_;
  std::vector<std::string> hashes_;
};

bool may_still_change(const Refusal& refusal, const FileSignature& signature) {
  if (refusal.code == "being_written") return true;
  return refusal.unfinished &&
         system_clock().now_micros() - signature.mtime_nanos / 1000 < kSettledMicros;
}

// Collects, and again for as long as somebody seems to be writing. An error is the store's.
Status collect_when_quiet(const ScannedFile& file, const Scan& scan, Staging& staging, int millis,
                          Intake& intake) {
  const std::int64_t end = system_clock().monotonic_micros() + std::int64_t{1000} * millis;
  for (int pause = 10;; pause = std::min(2 * pause, 100)) {
    if (Status cleared = staging.clear(); !cleared) return cleared;
    intake = {};
    intake.refusal = Collector(file, scan, staging).run(intake);
    if (!intake.refusal || !may_still_change(*intake.refusal, intake.signature)) return {};
    if (system_clock().monotonic_micros() >= end) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  }
}

bool is_same_code(const Intake& intake, const PluginRecord* previous) {
  return previous != nullptr && previous->id == intake.record.id &&
         previous->load_hash == intake.record.load_hash &&
         std::filesystem::exists(previous->stored);
}

Problem problem_of(const ScannedFile& file, const Refusal& refusal, bool warning) {
  return {file.shown, refusal.code, fmt::format("load {}: {}", file.shown, refusal.message),
          warning};
}

void take_outcome(const ScannedFile& file, LoadOutcome outcome, Intake& intake) {
  intake.refusal = std::move(outcome.refusal);
  intake.declarations = std::move(outcome.declarations);
  for (const std::string& line : outcome.output) intake.output.push_back(file.shown + ": " + line);
  for (const Refusal& warning : outcome.warnings) {
    intake.record.problems.push_back(problem_of(file, warning, true));
  }
  for (const RefusedDeclaration& item : intake.declarations.refused) {
    const Refusal refusal{"refused_declaration", item.what + ": " + item.reason};
    intake.record.problems.push_back(problem_of(file, refusal, false));
  }
}

// A child loads the copy while that is on its way to the disk. This process keeps open what it
// loads: it does so from where the copy stays.
Status load_copy(const ScannedFile& file, Staging staging, Loader& loader, Intake& intake) {
  if (Status sealed = staging.seal(); !sealed) return sealed;
  const Path relative = file.file.lexically_relative(file.root);
  if (loader.uses_children()) {
    take_outcome(file, loader.load(staging.directory(), relative), intake);
    if (intake.refusal) return {};
  }
  const auto address = staging.address();
  if (!address) return address.error();
  intake.record.stored = *address / relative;
  intake.published = std::move(staging).publish();
  if (loader.uses_children()) return {};
  intake.published.wait();
  take_outcome(file, loader.load(*address, relative), intake);
  return {};
}

}  // namespace

Result<Intake> take_in(const ScannedFile& file, const IntakeTools& tools,
                       const PluginRecord* previous) {
  Intake intake;
  tools.loader.prepare();
  auto staging = tools.store.stage();
  if (!staging) return std::move(staging).error();
  const Status collected =
      collect_when_quiet(file, tools.scan, *staging, tools.quiet_timeout_millis, intake);
  if (!collected) return collected.error();
  if (intake.refusal) return intake;
  if (is_same_code(intake, previous)) {
    intake.same_code = true;
    intake.record.stored = previous->stored;
    intake.record.problems = previous->problems;
    return intake;
  }
  Status loaded = load_copy(file, *std::move(staging), tools.loader, intake);
  if (!loaded) return std::move(loaded).error();
  return intake;
}

}  // namespace partita
