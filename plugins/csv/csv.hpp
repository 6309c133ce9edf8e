// CSV as RFC 4180 has it: a header, quotes, commas and newlines within quotes, empty cells, LF or
// CRLF.
//
// Errors are partita::Failed and name file, line, column and value:
// `sales_data.csv:17: amount `12,x` is not a number`. Immutable once read; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csv {

class Document;

// One record; valid as long as its document.
class Row {
 public:
  Row(const Document& document, std::size_t index) : document_(&document), index_(index) {}

  // Empty where the cell is.
  const std::string& text(std::string_view column) const;
  std::int64_t integer(std::string_view column) const;
  double number(std::string_view column) const;
  // `2024-01-31`.
  const std::string& date(std::string_view column) const;

  // The line of the file that the record begins in.
  std::size_t line() const;
  [[noreturn]] void fail(std::string_view column, std::string_view problem) const;

 private:
  const Document* document_;
  std::size_t index_;
};

class Document {
 public:
  // `columns` have to be there, in any order and among others.
  static Document read(const std::string& path, const std::vector<std::string>& columns);
  static Document parse(std::string_view text, const std::string& name,
                        const std::vector<std::string>& columns);

  // They borrow from the document, which therefore has to have a name.
  std::vector<Row> rows() const&;
  std::vector<Row> rows() && = delete;

 private:
  friend class Row;
  struct Record {
    std::size_t line;
    std::vector<std::string> cells;
  };

  std::size_t column(std::string_view name) const;
  void require_columns(const std::vector<std::string>& columns) const;
  void require_equal_widths() const;

  std::string name_;
  std::vector<std::string> header_;
  std::vector<Record> records_;
};

}  // namespace csv
