// Table: rows and columns, shown as a markdown table. Metadata of a partition, a preview say:
//
//   partita::Table preview({"product", "revenue"});
//   preview.row("Hammer", 12.5);
//   run.metadata("preview", preview);
#pragma once

#include <partita/value.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

class Table {
 public:
  explicit Table(const std::vector<std::string>& columns)
      : columns_(columns.size()), text_(line(columns) + "|") {
    for (std::size_t i = 0; i < columns_; ++i) text_ += " --- |";
    text_ += "\n";
  }

  // Texts and numbers, as many as there are columns.
  template <class... Cells>
  Table& row(const Cells&... cells) {
    return row(std::vector<std::string>{cell(cells)...});
  }
  Table& row(const std::vector<std::string>& cells) {
    if (cells.size() != columns_) {
      throw Failed("add a row of " + detail::decimal(cells.size()) + " cells to a table of " +
                   detail::decimal(columns_) + " columns");
    }
    text_ += line(cells);
    ++rows_;
    return *this;
  }

  std::size_t row_count() const { return rows_; }

  const std::string& markdown() const { return text_; }

  operator Value() const { return partita::markdown(text_); }

 private:
  template <class T>
  static std::string cell(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value ? "true" : "false";
    } else if constexpr (std::is_floating_point_v<T>) {
      char text[32];
      std::snprintf(text, sizeof text, "%.15g", static_cast<double>(value));
      return text;
    } else if constexpr (std::is_arithmetic_v<T>) {
      return detail::decimal(value);
    } else {
      return std::string(std::string_view(value));
    }
  }

  static std::string line(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const auto& value : cells) text += " " + escaped(value) + " |";
    return text + "\n";
  }

  static std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
      if (c == '|')
        text += "\\|";
      else if (c == '\n')
        text += "<br>";
      else if (c != '\r')
        text += c;
    }
    return text;
  }

  std::size_t columns_;
  std::size_t rows_ = 0;
  std::string text_;
};

}  // namespace partita
#pragma GCC visibility pop
