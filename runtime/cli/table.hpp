// A Table: rows of cells in columns that fit the width of the stream.
//
// A key is never cut: one that is too long for its column takes a line of its own. Other columns
// give way: they are wrapped at spaces or clipped; a last column whose words are too long for it
// goes on under its row. One thread.
#pragma once

#include <string>
#include <vector>

#include "cli/look.hpp"

namespace partita {

struct Column {
  enum class Fit {
    whole,  // never cut, never wrapped
    clip,   // loses its end, where the look cuts
    wrap,   // goes on in the next line
  };
  std::string title;  // upper case; a table whose titles are all empty has no heading
  Fit fit = Fit::whole;
  bool right = false;
  int most = 0;  // of the first column: a wider name stands on a line of its own; 0: no limit
};

struct Cell {
  Cell(std::string cell_text, Tone cell_tone = Tone::plain)
      : text(std::move(cell_text)), tone(cell_tone) {}
  Cell(const char* cell_text) : text(cell_text) {}
  std::string text;  // may contain colours
  Tone tone = Tone::plain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void add(std::vector<Cell> cells) { rows_.push_back({{}, std::move(cells)}); }
  // A line across the columns, not indented, apart from the rows before it.
  void add_heading(std::string text) { rows_.push_back({std::move(text), {}}); }
  bool empty() const { return rows_.empty(); }

  // Lines, each with `indent` spaces in front; without trailing spaces.
  std::string text(const Look& look, int indent = 0) const;

 private:
  struct Row {
    std::string heading;
    std::vector<Cell> cells;  // none in a heading
  };
  std::vector<int> natural_widths() const;
  std::vector<int> widths_within(int room) const;
  std::string row_text(const std::vector<Cell>& cells, const std::vector<int>& widths,
                       const Look& look) const;
  std::vector<std::vector<std::string>> lines_of(const std::vector<Cell>& cells,
                                                 const std::vector<int>& widths,
                                                 const Look& look) const;
  bool has_titles() const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace partita
