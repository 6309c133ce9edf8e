#include "csv/csv.hpp"

#include <partita/errors.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace csv {
namespace {

std::string at(const std::string& name, std::size_t line) {
  return name + ":" + std::to_string(line) + ": ";
}

// Walks the text cell by cell, counting lines.
class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) position_ = kByteOrderMark.size();
  }

  bool at_end() const { return position_ == text_.size(); }
  std::size_t line() const { return line_; }

  // Nothing for an empty line.
  std::vector<std::string> record() {
    std::vector<std::string> cells;
    if (end_of_line()) return cells;
    do {
      cells.push_back(cell());
    } while (take(','));
    if (!at_end() && !end_of_line()) fail("text after a closing quote");
    return cells;
  }

 private:
  std::string cell() { return take('"') ? quoted() : plain(); }

  std::string plain() {
    const auto end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
    std::string cell(text_.substr(position_, end - position_));
    if (cell.find('"') != std::string::npos) fail("quote within a cell that has none around it");
    position_ = end;
    return cell;
  }

  std::string quoted() {
    const std::size_t opened = line_;
    std::string cell;
    while (!at_end()) {
      const char c = text_[position_++];
      if (c == '"' && !take('"')) return cell;
      if (c == '\n') ++line_;
      cell += c;
    }
    line_ = opened;
    fail("quote is never closed");
  }

  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  bool end_of_line() {
    const std::size_t begin = position_;
    take('\r');
    if (take('\n')) {
      ++line_;
      return true;
    }
    position_ = begin;
    return false;
  }

  [[noreturn]] void fail(const char* problem) const {
    throw partita::Failed(at(name_, line_) + problem);
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

bool is_date(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  return text.size() == kShape.size() &&
         std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
           return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
         });
}

}  // namespace

Document Document::parse(std::string_view text, const std::string& name,
                         const std::vector<std::string>& columns) {
  Document document;
  document.name_ = name;
  Reader reader(text, name);
  while (!reader.at_end()) {
    const std::size_t line = reader.line();
    auto cells = reader.record();
    if (cells.empty()) continue;
    if (document.header_.empty()) {
      document.header_ = std::move(cells);
    } else {
      document.records_.push_back({line, std::move(cells)});
    }
  }
  document.require_columns(columns);
  document.require_equal_widths();
  return document;
}

Document Document::read(const std::string& path, const std::vector<std::string>& columns) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw partita::Failed("open " + path + ": " + std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw partita::Failed("read " + path + ": " + std::strerror(errno));
  return parse(text, std::filesystem::path(path).filename().string(), columns);
}

void Document::require_columns(const std::vector<std::string>& columns) const {
  for (const auto& wanted : columns) {
    if (std::find(header_.begin(), header_.end(), wanted) == header_.end()) {
      throw partita::Failed(at(name_, 1) + "no column `" + wanted + "`");
    }
  }
}

void Document::require_equal_widths() const {
  for (const auto& record : records_) {
    if (record.cells.size() == header_.size()) continue;
    throw partita::Failed(at(name_, record.line) + std::to_string(record.cells.size()) +
                          " cells, the header has " + std::to_string(header_.size()));
  }
}

std::size_t Document::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) {
    throw partita::Failed(at(name_, 1) + "no column `" + std::string(name) + "`");
  }
  return static_cast<std::size_t>(found - header_.begin());
}

std::vector<Row> Document::rows() const& {
  std::vector<Row> rows;
  rows.reserve(records_.size());
  for (std::size_t i = 0; i < records_.size(); ++i) rows.emplace_back(*this, i);
  return rows;
}

std::size_t Row::line() const {
  return document_->records_[index_].line;
}

const std::string& Row::text(std::string_view column) const {
  return document_->records_[index_].cells[document_->column(column)];
}

void Row::fail(std::string_view column, std::string_view problem) const {
  throw partita::Failed(at(document_->name_, line()) + std::string(column) + " `" + text(column) +
                        "` " + std::string(problem));
}

std::int64_t Row::integer(std::string_view column) const {
  const auto& cell = text(column);
  std::int64_t value = 0;
  const char* end = cell.data() + cell.size();
  const auto result = std::from_chars(cell.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) fail(column, "is not an integer");
  return value;
}

double Row::number(std::string_view column) const {
  const auto& cell = text(column);
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto result = std::from_chars(cell.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) {
    fail(column, "is not a number");
  }
  return value;
}

const std::string& Row::date(std::string_view column) const {
  const auto& cell = text(column);
  if (!is_date(cell)) fail(column, "is not a date such as 2024-01-31");
  return cell;
}

}  // namespace csv
