#include "definitions/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <list>

#include "definitions/assembly.hpp"
#include "definitions/intake.hpp"
#include "definitions/plugin_store.hpp"
#include "definitions/scan.hpp"

namespace partita {
namespace {

// Refusals that may end although the file's bytes stay the same: another plugin gives way, or the
// library that is missing is installed.
bool depends_on_others(const std::string& code) {
  static constexpr const char* kCodes[] = {
      "duplicate_plugin", "duplicate_asset", "duplicate_check", "cycle",      "missing_library",
      "missing_symbol",   "library_version", "being_written",   "no_process", "store"};
  return std::find(std::begin(kCodes), std::end(kCodes), code) != std::end(kCodes);
}

// A plugin whose file has changed, and what to fall back on if it does not fit in with the others.
struct Newcomer {
  const ScannedFile* file = nullptr;
  FileSignature signature;
  Member member;
  std::optional<Member> last_good;
};

class Reload {
 public:
  Reload(const ReloadOptions& options, const PluginStore& store, const Catalog& before)
      : before_(before),
        directories_(options.directories),
        scan_(scan(options.directories)),
        loader_(options.zygote, options.load_timeout_millis),
        tools_{scan_, store, loader_, options.quiet_timeout_millis} {}

  Result<ReloadOutcome> run(const CatalogPtr& given) {
    for (const ScannedFile& file : scan_.libraries) look_at(file);
    for (const ScannedFile* file : changed_) {
      if (Status taken = take(*file); !taken) return std::move(taken).error();
    }
    for (const ScannedFile* file : known_helpers_) {
      if (is_needed(file->file)) continue;
      if (Status taken = take(*file); !taken) return std::move(taken).error();
    }
    keep_unread();
    drop_helpers_from_refused();
    auto outcome = finish(given, assemble());
    if (Status published = wait_for_copy(); !published) return std::move(published).error();
    return outcome;
  }

 private:
  // What needs no look into the file is settled here.
  void look_at(const ScannedFile& file) {
    const PluginRecord* previous = previous_record(file.file);
    if (file.refusal) return refuse(file, file.signature, *file.refusal, previous);
    if (previous != nullptr && is_unchanged(*previous)) {
      established_.push_back(member_of(*previous));
      return;
    }
    const RefusedFile* refused = previous_refusal(file.file);
    const bool quarantined = refused != nullptr && refused->signature == file.signature &&
                             !depends_on_others(refused->problem.code);
    if (quarantined) {
      refused_.push_back(*refused);
      return keep_last_good(previous, refused->problem.message);
    }
    if (is_unchanged_helper(file)) {
      known_helpers_.push_back(&file);  // if a plugin still needs it, which the others will tell
      return;
    }
    changed_.push_back(&file);
    loader_.prepare();
  }

  Status take(const ScannedFile& file) {
    const PluginRecord* previous = previous_record(file.file);
    auto intake = take_in(file, tools_, previous);
    if (!intake) return std::move(intake).error();
    if (Status published = wait_for_copy(); !published) return published;
    published_ = std::move(intake->published);
    output_.insert(output_.end(), intake->output.begin(), intake->output.end());
    if (intake->refusal) {
      refuse(file, intake->signature, *intake->refusal, previous);
    } else if (intake->same_code) {
      Member member = member_of(*previous);
      member.record = std::move(intake->record);
      established_.push_back(std::move(member));
    } else {
      Newcomer newcomer{&file, intake->signature, {}, std::nullopt};
      newcomer.member = {std::move(intake->record), file.shown,
                         std::move(intake->declarations.assets),
                         std::move(intake->declarations.checks)};
      if (previous != nullptr) newcomer.last_good = member_of(*previous);
      newcomers_.push_back(std::move(newcomer));
    }
    return {};
  }

  Status wait_for_copy() { return published_.valid() ? published_.get() : Status(); }

  // Plugins join one by one. Where one is refused, its last good version takes its place first, and
  // what conflicts with that is refused in turn.
  Catalog assemble() {
    for (;;) {
      Assembly assembly;
      for (const Member& member : established_) (void)assembly.add(member);
      if (!join_newcomers(assembly)) continue;
      Catalog catalog;
      add_refused(catalog);
      assembly.finish(catalog);
      return catalog;
    }
  }

  // False: one that was refused has a last good version, which is now among the established.
  bool join_newcomers(Assembly& assembly) {
    for (auto newcomer = newcomers_.begin(); newcomer != newcomers_.end();) {
      const auto refusal = assembly.add(newcomer->member);
      if (!refusal) {
        ++newcomer;
        continue;
      }
      const Problem problem = refusal_problem(*newcomer->file, *refusal);
      refused_.push_back({newcomer->file->file, newcomer->signature, problem});
      std::optional<Member> last_good = std::move(newcomer->last_good);
      newcomer = newcomers_.erase(newcomer);
      if (!last_good) continue;
      last_good->record.stale_reason = problem.message;
      established_.push_back(std::move(*last_good));
      return false;
    }
    return true;
  }

  Result<ReloadOutcome> finish(const CatalogPtr& given, Catalog catalog) {
    catalog.generation = before_.generation;
    ReloadOutcome outcome{given, diff(before_, catalog), std::move(output_), emptied()};
    if (same(before_, catalog)) return outcome;
    if (!same(without_signatures(before_), without_signatures(catalog))) ++catalog.generation;
    outcome.catalog = std::make_shared<const Catalog>(std::move(catalog));
    return outcome;
  }

  static bool same(const Catalog& a, const Catalog& b) {
    return a.plugins == b.plugins && a.assets == b.assets && a.checks == b.checks &&
           a.refused == b.refused && a.problems == b.problems;
  }

  static Catalog without_signatures(Catalog catalog) {
    for (PluginRecord& record : catalog.plugins) {
      record.signature = {};
      for (FileSignature& signature : record.helper_signatures) signature = {};
    }
    for (RefusedFile& refused : catalog.refused) refused.signature = {};
    return catalog;
  }

  const PluginRecord* previous_record(const Path& file) const {
    for (const PluginRecord& record : before_.plugins) {
      if (record.file.native() == file.native()) return &record;
    }
    return nullptr;
  }

  const RefusedFile* previous_refusal(const Path& file) const {
    for (const RefusedFile& refused : before_.refused) {
      if (refused.file.native() == file.native()) return &refused;
    }
    return nullptr;
  }

  bool is_unchanged(const PluginRecord& record) const {
    if (!record.stale_reason.empty() || !std::filesystem::exists(record.stored)) return false;
    const ScannedFile* file = scan_.find(record.file);
    if (file == nullptr || file->signature != record.signature) return false;
    for (std::size_t i = 0; i < record.helpers.size(); ++i) {
      const ScannedFile* helper = scan_.find(record.helpers[i]);
      if (helper == nullptr || helper->signature != record.helper_signatures[i]) return false;
    }
    return true;
  }

  bool is_unchanged_helper(const ScannedFile& file) const {
    for (const PluginRecord& record : before_.plugins) {
      for (std::size_t i = 0; i < record.helpers.size(); ++i) {
        if (record.helpers[i] == file.file && record.helper_signatures[i] == file.signature) {
          return true;
        }
      }
    }
    return false;
  }

  Member member_of(const PluginRecord& record) const {
    const ScannedFile* file = scan_.find(record.file);
    Member member{record, file != nullptr ? file->shown : record.file.string(), {}, {}};
    for (const AssetDef& asset : before_.assets) {
      if (asset.plugin == record.id) member.assets.push_back(asset);
    }
    for (const CheckDef& check : before_.checks) {
      if (check.plugin == record.id) member.checks.push_back(check);
    }
    return member;
  }

  static Problem refusal_problem(const ScannedFile& file, const Refusal& refusal) {
    // A library that is no plugin is a warning: nothing was lost.
    return {file.shown, refusal.code, fmt::format("load {}: {}", file.shown, refusal.message),
            refusal.code == "no_note"};
  }

  void refuse(const ScannedFile& file, const FileSignature& signature, const Refusal& refusal,
              const PluginRecord* previous) {
    refused_.push_back({file.file, signature, refusal_problem(file, refusal)});
    keep_last_good(previous, refused_.back().problem.message);
  }

  void keep_last_good(const PluginRecord* previous, const std::string& reason) {
    if (previous == nullptr) return;
    Member member = member_of(*previous);
    member.record.stale_reason = reason;
    established_.push_back(std::move(member));
  }

  // A directory that cannot be read says nothing about what is in it: its plugins stay.
  void keep_unread() {
    std::vector<std::int64_t> kept(scan_.unread.size(), 0);
    for (const PluginRecord& record : before_.plugins) {
      if (scan_.find(record.file) != nullptr) continue;
      const auto unread =
          std::find_if(scan_.unread.begin(), scan_.unread.end(),
                       [&](const UnreadDirectory& one) { return is_below(record.file, one.root); });
      if (unread == scan_.unread.end()) continue;
      keep_last_good(&record, unread->message);
      ++kept[static_cast<std::size_t>(unread - scan_.unread.begin())];
    }
    for (std::size_t i = 0; i < kept.size(); ++i) add_unread_problem(scan_.unread[i], kept[i]);
  }

  void add_unread_problem(const UnreadDirectory& unread, std::int64_t kept) {
    std::string text = unread.message;
    if (kept == 1) text += "; the last good version of its plugin is in use";
    if (kept > 1)
      text += fmt::format("; the last good versions of its {} plugins are in use", kept);
    if (!unread.hint.empty()) text += ": " + unread.hint;
    scan_.problems.push_back({unread.root.string(), "no_directory", std::move(text)});
  }

  static bool is_below(const Path& file, const Path& root) {
    const std::string relative = file.lexically_relative(root).string();
    return !relative.empty() && !relative.starts_with("..");
  }

  bool is_unread(const Path& directory) const {
    return std::any_of(
        scan_.unread.begin(), scan_.unread.end(),
        [&](const UnreadDirectory& unread) { return unread.root.native() == directory.native(); });
  }

  std::vector<Path> emptied() const {
    std::vector<Path> found;
    for (const Path& directory : directories_) {
      if (is_unread(directory) || scan_.has_libraries_in(directory)) continue;
      const bool had =
          std::any_of(before_.plugins.begin(), before_.plugins.end(),
                      [&](const PluginRecord& record) { return is_below(record.file, directory); });
      if (had) found.push_back(directory);
    }
    return found;
  }

  bool is_needed(const Path& helper) const {
    const auto needs = [&](const Member& member) {
      const auto& helpers = member.record.helpers;
      return std::find(helpers.begin(), helpers.end(), helper) != helpers.end();
    };
    return std::any_of(established_.begin(), established_.end(), needs) ||
           std::any_of(newcomers_.begin(), newcomers_.end(),
                       [&](const Newcomer& newcomer) { return needs(newcomer.member); });
  }

  void drop_helpers_from_refused() {
    std::erase_if(refused_, [&](const RefusedFile& refused) {
      return refused.problem.code == "no_note" && is_needed(refused.file);
    });
  }

  void add_refused(Catalog& catalog) {
    std::sort(refused_.begin(), refused_.end(),
              [](const auto& a, const auto& b) { return a.file < b.file; });
    catalog.refused = refused_;
    catalog.problems = scan_.problems;
    for (const RefusedFile& refused : refused_) catalog.problems.push_back(refused.problem);
  }

  const Catalog& before_;
  const std::vector<Path>& directories_;
  Scan scan_;
  Loader loader_;
  IntakeTools tools_;
  std::list<Member> established_;  // lists: an Assembly points into them
  std::list<Newcomer> newcomers_;
  std::vector<const ScannedFile*> changed_;
  std::vector<const ScannedFile*> known_helpers_;  // unchanged, of plugins of the last generation
  std::vector<RefusedFile> refused_;
  std::vector<std::string> output_;
  std::future<Status> published_;  // the copy that is on its way to the disk
};

}  // namespace

Result<ReloadOutcome> reload(const ReloadOptions& options, CatalogPtr before) {
  const auto store = PluginStore::open(options.plugin_store);
  if (!store) return store.error();
  if (before == nullptr) before = std::make_shared<const Catalog>();
  return Reload(options, *store, *before).run(before);
}

}  // namespace partita
