#pragma once

// Tables of ready text, for a terminal, for Markdown and for CSV. Each escapes what its format
// wants escaped, so that callers cannot forget it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::reports {

using Row = std::vector<std::string>;

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  std::size_t max_width = 100;  ///< on a terminal; longer text is cut and ends in "…"
};

/// Columns as wide as their widest text, two spaces apart, no trailing spaces. Preconditions: every
/// row has one text a column.
std::string render_text_table(std::span<const Column> columns, std::span<const Row> rows);

/// A GitHub table.
std::string render_markdown_table(std::span<const Column> columns, std::span<const Row> rows);

/// Escapes what Markdown would take for markup, a line break included.
std::string escape_markdown(std::string_view text);

/// One line of RFC 4180 CSV, with its "\r\n" left to "\n": fields with a comma, quote or line break
/// are quoted.
std::string csv_line(std::span<const std::string> fields);

/// Shortest text that reads back as the same double.
std::string exact_number(double value);

}  // namespace assay::reports
