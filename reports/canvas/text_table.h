#pragma once

// Tables of ready text, for a terminal, for Markdown and for CSV (for HTML see html_table.h). Each
// escapes what its format wants escaped, so that callers cannot forget it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::reports {

using Row = std::vector<std::string>;

enum class ColumnKind { kText, kNumber, kVerdict };

struct Column {
  std::string title;
  ColumnKind kind = ColumnKind::kText;
  std::size_t max_width = 100;  ///< on a terminal; longer text is cut and ends in "…"
};

/// Precondition of everything that renders one: each row has one text a column.
struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
};

/// Columns as wide as their widest text, two spaces apart, no trailing spaces, numbers to the
/// right.
std::string render_text_table(const Table& table);

/// A GitHub table.
std::string render_markdown_table(const Table& table);

/// Escapes what Markdown would take for markup, a line break included.
std::string escape_markdown(std::string_view text);

/// One line of RFC 4180 CSV, with its "\r\n" left to "\n": fields with a comma, quote or line break
/// are quoted.
std::string csv_line(std::span<const std::string> fields);

/// Shortest text that reads back as the same double.
std::string exact_number(double value);

}  // namespace assay::reports
