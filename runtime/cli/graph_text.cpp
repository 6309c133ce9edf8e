#include "cli/graph_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/status_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

const AssetRow* find(const ListView& view, const std::string& key) {
  const auto found = std::find_if(view.assets.begin(), view.assets.end(),
                                  [&](const AssetRow& asset) { return asset.key == key; });
  return found == view.assets.end() ? nullptr : &*found;
}

// Of the assets in the view, each once; what reads itself is no edge of a tree.
std::vector<std::string> upstream_of(const ListView& view, const AssetRow& asset) {
  std::vector<std::string> upstream;
  for (const std::string& dep : asset.deps) {
    const bool known = std::find(upstream.begin(), upstream.end(), dep) != upstream.end();
    if (!known && dep != asset.key && find(view, dep) != nullptr) upstream.push_back(dep);
  }
  return upstream;
}

class Tree {
 public:
  Tree(const ListView& view, const Look& look)
      : look_(look), table_({{""}, {"", Column::Fit::whole, true}, {"", Column::Fit::clip}}) {
    for (const AssetRow& asset : view.assets) {
      const std::vector<std::string> upstream = upstream_of(view, asset);
      for (const std::string& one : upstream) below_[one].push_back(&asset);
      if (upstream.empty()) roots_.push_back(&asset);
    }
  }

  std::string text() {
    for (const AssetRow* root : roots_) add(*root, "", "");
    return table_.text(look_);
  }

 private:
  // `branch` is drawn in front of the asset, `trunk` in front of what is below it.
  void add(const AssetRow& asset, const std::string& branch, const std::string& trunk) {
    const bool again = !shown_.insert(asset.key).second;
    const std::string name = look_.paint(Tone::faint, branch) +
                             look_.paint(again ? Tone::faint : Tone::strong, asset.key) +
                             (again ? look_.paint(Tone::faint, " (above)") : "");
    table_.add({name, again ? "" : fraction_text(asset), again ? "" : remark(asset)});
    if (again) return;
    const std::vector<const AssetRow*>& below = below_[asset.key];
    for (const AssetRow* one : below) {
      const bool last = one == below.back();
      add(*one, trunk + glyph(last ? "└─ " : "├─ ", last ? "`- " : "|- "),
          trunk + (last ? "   " : glyph("│  ", "|  ")));
    }
  }

  std::string remark(const AssetRow& asset) const {
    if (!asset.blocked.empty()) return look_.paint(Tone::bad, "cannot run");
    return remarks_text(asset, look_);
  }

  std::string glyph(const char* glyph, const char* ascii) const {
    return look_.glyphs ? glyph : ascii;
  }

  const Look& look_;
  Table table_;
  std::vector<const AssetRow*> roots_;
  std::map<std::string, std::vector<const AssetRow*>> below_;
  std::set<std::string> shown_;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string graph_text(const ListView& view, const Look& look) {
  if (view.assets.empty()) return "no assets\n";
  return Tree(view, look).text();
}

std::string graph_dot(const ListView& view) {
  std::string dot = "digraph assets {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const AssetRow& asset : view.assets) {
    std::string label = quoted(asset.key);
    label.insert(label.size() - 1, "\\n" + fraction_text(asset));
    dot += fmt::format("  {} [label={}];\n", quoted(asset.key), label);
  }
  for (const AssetRow& asset : view.assets) {
    for (const std::string& dep : asset.deps) {
      if (find(view, dep) != nullptr)
        dot += fmt::format("  {} -> {};\n", quoted(dep), quoted(asset.key));
    }
  }
  return dot + "}\n";
}

}  // namespace partita
