#include "service/live_activity.hpp"

#include <fcntl.h>

#include <algorithm>

#include "base/descriptor.hpp"
#include "service/outputs.hpp"

namespace partita {
namespace {

constexpr std::int64_t kShortestMicros = 100'000;
// A run whose sets have very many pieces is not held up by more than a twentieth.
constexpr std::int64_t kShareOfTime = 20;
constexpr std::size_t kMostPieces = 2000;

// Not synced: whom the power takes it from has no run either.
bool replace_file(const Path& file, const std::string& text) {
  const std::string fresh = file.string() + ".new";
  const Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!opened.is_open()) return false;
  const ssize_t written = ::write(opened.get(), text.data(), text.size());
  return written == static_cast<ssize_t>(text.size()) && ::rename(fresh.c_str(), file.c_str()) == 0;
}

Json text_of(const PartitionSet& set, const PartitionSpace& space) {
  return set.box_count() > kMostPieces ? Json() : Json(to_closed_text(set, space));
}

}  // namespace

Path activity_file(const Settings& settings, std::int64_t run) {
  return temporary_directory(settings, run) / "activity";
}

Json LiveActivity::to_json(const RunActivity& run) const {
  Json assets = Json::array();
  for (const AssetActivity& one : run.activity()) {
    if (one.left.empty()) continue;
    const PlannedAsset& planned = plan_.assets[one.asset];
    assets.push(Json::object()
                    .set("asset", planned.def.key)
                    .set("running", text_of(one.running, *planned.space))
                    .set("left", text_of(one.left, *planned.space)));
  }
  return Json::object().set("seq", seq_).set("planned", planned_).set("assets", std::move(assets));
}

// What cannot be written is not shown.
void LiveActivity::publish(const RunActivity& run, std::int64_t moment) {
  const std::int64_t start = clock_.monotonic_micros();
  std::string text = to_json(run).dump();
  if (text != written_ && replace_file(file_, text)) written_ = std::move(text);
  seq_ = moment;
  const std::int64_t end = clock_.monotonic_micros();
  next_ = end + std::max(kShortestMicros, kShareOfTime * (end - start));
}

}  // namespace partita
