#include "cli/table.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 10;  // what a column that gives way keeps
constexpr int kNarrowestWrap = 24;
constexpr int kBelowIndent = 4;

int total(const std::vector<int>& widths) {
  // A column in which nothing stands takes no gap either.
  int sum = -kGap;
  for (const int width : widths) sum += width > 0 ? width + kGap : 0;
  return std::max(0, sum);
}

int narrowest(const Column& column) {
  return column.fit == Column::Fit::wrap ? kNarrowestWrap : kNarrowest;
}

void strip_trailing_spaces(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

std::string aligned(const Column& column, std::string_view text, int width) {
  return column.right ? padded_left(text, width) : padded_right(text, width);
}

bool overflows(const std::vector<std::string>& lines, int width) {
  return std::any_of(lines.begin(), lines.end(),
                     [width](const std::string& line) { return display_width(line) > width; });
}

std::vector<std::string> fitted(const Column& column, const std::string& text, int width,
                                const Look& look) {
  if (column.fit == Column::Fit::wrap) return wrapped(text, width);
  if (column.fit == Column::Fit::clip && look.cuts) return {clipped(text, width, look.cut_mark())};
  return {text};
}

}  // namespace

bool Table::has_titles() const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [](const Column& column) { return !column.title.empty(); });
}

std::vector<int> Table::natural_widths() const {
  std::vector<int> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row.cells[i].text));
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], display_width(columns_[i].title));
    if (columns_[i].most > 0) widths[i] = std::min(widths[i], columns_[i].most);
  }
  return widths;
}

// Columns give way from the last to the first, the first column (a name) only when nothing else
// can: what is longer than it then stands on a line of its own.
std::vector<int> Table::widths_within(int room) const {
  std::vector<int> widths = natural_widths();
  int excess = total(widths) - room;
  for (std::size_t i = widths.size(); i-- > 0 && excess > 0;) {
    if (columns_[i].fit == Column::Fit::whole && i > 0) continue;
    const int kept = std::min(widths[i], std::max(narrowest(columns_[i]), widths[i] - excess));
    excess -= widths[i] - kept;
    widths[i] = kept;
  }
  return widths;
}

// The lines of each cell. A name wider than its column stands alone in the first line.
std::vector<std::vector<std::string>> Table::lines_of(const std::vector<Cell>& cells,
                                                      const std::vector<int>& widths,
                                                      const Look& look) const {
  std::vector<std::vector<std::string>> lines;
  lines.reserve(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    lines.push_back(fitted(columns_[i], cells[i].text, widths[i], look));
  if (display_width(lines[0][0]) > widths[0]) {
    for (std::size_t i = 1; i < lines.size(); ++i) lines[i].insert(lines[i].begin(), "");
  }
  return lines;
}

std::string Table::row_text(const std::vector<Cell>& cells, const std::vector<int>& widths,
                            const Look& look) const {
  auto lines = lines_of(cells, widths, look);
  std::string below;
  if (columns_.back().fit == Column::Fit::wrap && widths.back() > 0 &&
      overflows(lines.back(), widths.back())) {
    const int room = std::max(kNarrowestWrap, total(widths) - kBelowIndent);
    below = indented(join(wrapped(cells.back().text, room), "\n") + "\n",
                     std::string(kBelowIndent, ' '));
    lines.back() = {""};
  }
  std::size_t height = 0;
  for (const auto& cell : lines) height = std::max(height, cell.size());
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (widths[i] == 0) continue;
      if (!text.empty()) text += std::string(kGap, ' ');
      const std::string piece = line < lines[i].size() ? lines[i][line] : "";
      text += aligned(columns_[i], look.paint(cells[i].tone, piece), widths[i]);
    }
    strip_trailing_spaces(text);
    if (!text.empty()) out += text + "\n";
  }
  return out + below;
}

std::string Table::text(const Look& look, int indent) const {
  const std::vector<int> widths = widths_within(look.width - indent);
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string out;
  if (has_titles() && !rows_.empty()) {
    std::vector<Cell> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_) titles.emplace_back(column.title, Tone::faint);
    out += indented(row_text(titles, widths, look), margin);
  }
  for (const Row& row : rows_) {
    if (!row.cells.empty()) {
      out += indented(row_text(row.cells, widths, look), margin);
    } else {
      out += (out.empty() ? "" : "\n") + look.paint(Tone::strong, row.heading) + "\n";
    }
  }
  return out;
}

}  // namespace partita
