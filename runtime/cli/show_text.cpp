#include "cli/show_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/metadata_text.hpp"
#include "cli/orphaned_text.hpp"
#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

void add_fact(Table& facts, const char* name, std::string value, Tone tone = Tone::plain) {
  if (!value.empty()) facts.add({{name, Tone::faint}, {std::move(value), tone}});
}

// A list that reads as one: the name stands in front of its first line only.
void add_facts(Table& facts, const char* name, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    facts.add({{i == 0 ? name : "", Tone::faint}, values[i]});
}

std::vector<std::string> upstream_lines(const AssetView& view) {
  std::vector<std::string> lines;
  lines.reserve(view.upstream.size());
  for (const DependencyView& dep : view.upstream)
    lines.push_back(dep.mapping.empty() ? dep.asset
                                        : fmt::format("{} ({})", dep.asset, dep.mapping));
  return lines;
}

std::string tags_text(const AssetView& view) {
  std::vector<std::string> tags;
  tags.reserve(view.tags.size());
  for (const auto& [name, value] : view.tags)
    tags.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  return join(tags, ", ");
}

std::vector<std::string> check_lines(const AssetView& view, const Look& look) {
  std::vector<std::string> lines;
  for (const CheckView& check : view.checks) {
    std::string line = check.name + ": ";
    if (check.not_passed > 0) {
      const Tone tone = check.warning ? Tone::warning : Tone::bad;
      line += look.paint(tone, with_thousands(check.not_passed) + " not passed") + ", ";
    }
    line += with_thousands(check.passed) + " passed";
    if (check.blocking) line += ", blocking";
    if (!check.description.empty()) line += " - " + check.description;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string partitions_words(const AssetRow& row) {
  if (row.partitions_kind.empty()) return "unpartitioned";
  return fmt::format("{}: {}", row.partitions_text, count_of(row.partition_count, "partition"));
}

std::string plugin_text(const AssetView& view) {
  return view.plugin_file.empty() ? view.row.plugin
                                  : fmt::format("{} ({})", view.row.plugin, view.plugin_file);
}

// Of an asset that no definition has any more: what is known, and what it was.
std::string kept_text(const AssetView& view, const Look& look) {
  Table facts({{"", Column::Fit::whole}, {"", Column::Fit::wrap}});
  const AssetRow& row = view.row;
  add_fact(facts, "orphaned", orphaned_notice(row.key), Tone::warning);
  add_fact(facts, "partitions",
           fmt::format("{} kept; `partita partitions {}`", with_thousands(row.partition_count),
                       shell_quoted(row.key)));
  add_fact(facts, "status", counts_text(row.counts, look));
  if (!row.plugin.empty()) {
    const std::string what = row.partitions_kind.empty() ? "unpartitioned" : row.partitions_text;
    add_fact(facts, fmt::format("in run {}", view.last_run).c_str(),
             fmt::format("{}, of plugin {}", what, row.plugin));
  }
  add_fact(facts, "group", row.group);
  add_fact(facts, "kinds", join(row.kinds, ", "));
  add_fact(facts, "tags", tags_text(view));
  add_fact(facts, "owners", join(view.owners, ", "));
  return facts.text(look, 2);
}

std::string facts_text(const AssetView& view, const Look& look) {
  if (view.orphaned) return kept_text(view, look);
  Table facts({{"", Column::Fit::whole}, {"", Column::Fit::wrap}});
  add_fact(facts, "partitions", partitions_words(view.row));
  add_fact(facts, "status", counts_text(view.row.counts, look));
  add_fact(facts, "", strip_text(view.row.strip, look));
  if (view.row.stale > 0)
    add_fact(facts, "stale", with_thousands(view.row.stale) + " of those materialized",
             Tone::warning);
  if (view.orphans > 0) {
    add_fact(facts, "orphans",
             fmt::format("{} that the definition no longer has; `partita partitions {} --orphans`",
                         count_of(view.orphans, "partition"), shell_quoted(view.row.key)));
  }
  add_fact(facts, "cannot run", view.row.blocked, Tone::bad);
  add_fact(facts, "definition", view.stale_definition, Tone::warning);
  add_facts(facts, "upstream", upstream_lines(view));
  add_fact(facts, "downstream", join(view.downstream, ", "));
  add_facts(facts, "checks", check_lines(view, look));
  add_fact(facts, "group", view.row.group);
  add_fact(facts, "kinds", join(view.row.kinds, ", "));
  add_fact(facts, "tags", tags_text(view));
  add_fact(facts, "owners", join(view.owners, ", "));
  add_fact(facts, "pool", view.pool);
  for (const auto& [name, text] : view.policy) add_fact(facts, name.c_str(), text);
  add_fact(facts, "code version", view.code_version);
  add_fact(facts, "plugin", plugin_text(view));
  return facts.text(look, 2);
}

std::string latest_text(const AssetView& view, const Look& look) {
  const AssetView::Latest& latest = *view.latest;
  std::string out = "\n" + look.paint(Tone::strong, "latest materialization") + "\n";
  Table facts({{"", Column::Fit::whole}, {"", Column::Fit::wrap}});
  add_fact(facts, "partition",
           latest.key + (view.latest_is_orphan ? ", which the definition no longer has" : ""));
  add_fact(facts, "made", fmt::format("{} by run {}", format_instant(latest.at), latest.run));
  add_fact(facts, "data version", latest.data_version);
  add_fact(facts, "code version", latest.code_version);
  add_fact(facts, "output", latest.output_dir);
  out += facts.text(look, 2);
  const std::string metadata = metadata_text(latest.metadata, look, 2);
  if (!metadata.empty()) out += "\n" + look.paint(Tone::strong, "metadata") + "\n" + metadata;
  return out;
}

}  // namespace

std::string show_text(const AssetView& view, const Look& look) {
  std::string out = look.paint(Tone::strong, view.row.key) + "\n";
  if (!view.row.description.empty())
    out += indented(join(wrapped(view.row.description, look.width - 2), "\n") + "\n", "  ");
  out += "\n" + facts_text(view, look);
  if (view.latest) out += latest_text(view, look);
  return out;
}

}  // namespace partita
