#include "cli/list_text.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/notices.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

constexpr const char* kNoGroup = "(no group)";
constexpr int kWidestName = 28;
constexpr int kSmallestRemark = 20;
constexpr int kHalfStrip = 12;

std::string partitions_words(const AssetRow& asset) {
  return asset.partitions_kind.empty() ? "unpartitioned" : asset.partitions_text;
}

// What needs attention first; what the partitions are where there is room for it.
std::string remark(const AssetRow& asset, bool with_words, const Look& look) {
  std::string attention =
      asset.blocked.empty() ? remarks_text(asset, look) : look.paint(Tone::bad, "cannot run");
  if (!with_words) return attention;
  const std::string words = look.paint(Tone::faint, partitions_words(asset));
  return attention.empty() ? words : attention + "  " + words;
}

const std::string& group_of(const AssetRow& asset) {
  static const std::string none = kNoGroup;
  return asset.group.empty() ? none : asset.group;
}

std::vector<std::string> groups_in_order(const std::vector<AssetRow>& assets) {
  std::vector<std::string> groups;
  for (const AssetRow& asset : assets) {
    if (std::find(groups.begin(), groups.end(), group_of(asset)) == groups.end())
      groups.push_back(group_of(asset));
  }
  return groups;
}

// Two buckets become one where the width is short.
std::vector<StripBucket> halved(const std::vector<StripBucket>& strip) {
  std::vector<StripBucket> half;
  for (std::size_t i = 0; i < strip.size(); ++i) {
    if (i % 2 == 0) half.emplace_back();
    half.back().size += strip[i].size;
    half.back().materialized += strip[i].materialized;
    half.back().failed += strip[i].failed;
  }
  return half;
}

// What the widest of everything else leaves for the remark, with strips as they are.
int room_for_remark(const std::vector<AssetRow>& assets, const Look& look) {
  int name = 0, strip = 0, fraction = 0;
  for (const AssetRow& asset : assets) {
    name = std::max(name, std::min(display_width(asset.key), kWidestName));
    strip = std::max(strip, static_cast<int>(asset.strip.size()));
    fraction = std::max(fraction, display_width(fraction_text(asset)));
  }
  return look.width - 8 - name - strip - fraction;
}

Table asset_table(const std::vector<AssetRow>& assets, const Look& look) {
  using Fit = Column::Fit;
  Table table({{.title = "", .most = kWidestName}, {""}, {"", Fit::whole, true}, {"", Fit::clip}});
  const int room = room_for_remark(assets, look);
  const bool narrow = room < kSmallestRemark;
  const bool with_words = !look.cuts || !narrow || room + kHalfStrip >= kSmallestRemark;
  for (const std::string& group : groups_in_order(assets)) {
    table.add_heading(group);
    for (const AssetRow& asset : assets) {
      if (group_of(asset) != group) continue;
      const auto strip = narrow && asset.strip.size() > 1 ? halved(asset.strip) : asset.strip;
      table.add({{asset.key, Tone::strong},
                 strip_text(strip, look),
                 fraction_text(asset),
                 remark(asset, with_words, look)});
    }
  }
  return table;
}

// Whether a problem of its plugin says why the asset cannot run.
bool is_told(const AssetRow& asset, const std::vector<ProblemView>& problems) {
  const std::string text = "asset " + asset.key + " " + asset.blocked;
  return std::any_of(problems.begin(), problems.end(),
                     [&](const ProblemView& problem) { return problem.message == text; });
}

std::vector<ProblemView> all_problems(const ListView& view) {
  std::vector<ProblemView> problems;
  for (const AssetRow& asset : view.assets) {
    if (!asset.blocked.empty() && !is_told(asset, view.problems))
      problems.push_back({asset.key, "blocked", asset.blocked, false});
  }
  problems.insert(problems.end(), view.problems.begin(), view.problems.end());
  return problems;
}

}  // namespace

std::string list_text(const ListView& view, const Look& look) {
  std::string out = asset_table(view.assets, look).text(look, 2);
  if (out.empty()) out = "no assets\n";
  const std::vector<ProblemView> problems = all_problems(view);
  if (!problems.empty()) out += "\n" + problems_text(problems, look);
  return out;
}

std::string problems_text(const std::vector<ProblemView>& problems, const Look& look) {
  Table table({{""}, {"", Column::Fit::wrap}});
  std::set<std::string> told;
  for (const ProblemView& problem : problems) {
    const Cell label = problem.warning ? Cell("warning", Tone::warning) : Cell("error", Tone::bad);
    // One cause may have been found in several places.
    std::string text = problem_text(problem);
    if (told.insert(text).second) table.add({label, std::move(text)});
  }
  return table.text(look);
}

}  // namespace partita
