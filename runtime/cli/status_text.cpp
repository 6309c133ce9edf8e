#include "cli/status_text.hpp"

#include "base/text.hpp"
#include "partitions/selection.hpp"

namespace partita {
namespace {

const char* words_of(DisplayStatus status) {
  return status == DisplayStatus::upstream_failed ? "held back" : to_text(status);
}

void add_count(std::string& text, DisplayStatus status, std::int64_t count, const Look& look) {
  if (count == 0) return;
  if (!text.empty()) text += ", ";
  text += look.paint(tone_of(status), with_thousands(count) + " " + words_of(status));
}

struct BucketGlyph {
  const char* glyph;
  const char* ascii;
  Tone tone;
};

BucketGlyph glyph_of(const StripBucket& bucket) {
  if (bucket.failed > 0) return {"x", "x", Tone::bad};
  if (bucket.materialized == 0) return {"·", ".", Tone::faint};
  if (bucket.materialized < bucket.size) return {"▄", "+", Tone::good};
  return {"█", "#", Tone::good};
}

}  // namespace

Tone tone_of(DisplayStatus status) {
  switch (status) {
    case DisplayStatus::running:
      return Tone::accent;
    case DisplayStatus::materialized:
    case DisplayStatus::passed:
      return Tone::good;
    case DisplayStatus::failed:
      return Tone::bad;
    case DisplayStatus::upstream_failed:
    case DisplayStatus::cancelled:
      return Tone::warning;
    case DisplayStatus::queued:
    case DisplayStatus::skipped:
      return Tone::plain;
    case DisplayStatus::missing:
      return Tone::faint;
  }
  return Tone::plain;
}

std::int64_t count_in(const StatusCounts& counts, DisplayStatus status) {
  const auto found = counts.find(status);
  return found != counts.end() ? found->second : 0;
}

std::string counts_text(const StatusCounts& counts, const Look& look) {
  std::string text;
  const auto add = [&](DisplayStatus status) {
    add_count(text, status, count_in(counts, status), look);
  };
  add(DisplayStatus::materialized);
  add(DisplayStatus::passed);
  if (const std::string attention = attention_text(counts, look); !attention.empty())
    text += (text.empty() ? "" : ", ") + attention;
  add(DisplayStatus::missing);
  return text;
}

std::string attention_text(const StatusCounts& counts, const Look& look) {
  std::string text;
  for (const DisplayStatus status : kAllStatuses) {
    if (status == DisplayStatus::materialized || status == DisplayStatus::missing) continue;
    add_count(text, status, count_in(counts, status), look);
  }
  return text;
}

std::string fraction_text(const AssetRow& asset) {
  const std::int64_t made = count_in(asset.counts, DisplayStatus::materialized);
  return with_thousands(made) + "/" + with_thousands(asset.partition_count);
}

std::string remarks_text(const AssetRow& asset, const Look& look) {
  std::string text = attention_text(asset.counts, look);
  const auto add = [&](std::int64_t count, const char* word) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += look.paint(Tone::warning, with_thousands(count) + " " + word);
  };
  add(asset.stale, "stale");
  add(asset.unknown, "of unknown freshness");
  add(asset.checks_not_passed, "with checks not passed");
  return text;
}

std::string strip_text(const std::vector<StripBucket>& strip, const Look& look) {
  std::string text, stretch;
  Tone tone = Tone::plain;
  for (const StripBucket& bucket : strip) {
    const BucketGlyph glyph = glyph_of(bucket);
    if (glyph.tone != tone) text += look.paint(tone, std::exchange(stretch, {}));
    tone = glyph.tone;
    stretch += look.glyphs ? glyph.glyph : glyph.ascii;
  }
  return text + look.paint(tone, stretch);
}

std::string partition_name(std::string_view asset, std::string_view key) {
  return key.empty() ? std::string(asset) : std::string(asset) + "@" + quoted_key(key);
}

}  // namespace partita
