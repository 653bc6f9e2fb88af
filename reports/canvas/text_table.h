#pragma once

// Tables of ready text, for a terminal and for Markdown (for HTML see html_table.h, for CSV
// harness/base/csv.h). Each escapes what its format wants escaped, so that callers cannot forget
// it.

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace assay::reports {

using Row = std::vector<std::string>;

enum class ColumnKind { kText, kNumber, kVerdict };

/// As the width of a column: nothing is cut.
inline constexpr std::size_t kUncut = std::numeric_limits<std::size_t>::max();

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

enum class TableHead {
  kRuled,   ///< the titles and a line below them
  kTitles,  ///< the titles alone
  kNone,    ///< rows alone, for names and what they stand for
};

struct TextLayout {
  TableHead head = TableHead::kRuled;
  std::size_t indent = 0;
};

/// Columns as wide as their widest text (display_width.h), two spaces apart, no trailing spaces,
/// numbers to the right. A line for each row after the `head`.
std::string render_text_table(const Table& table, const TextLayout& layout = {});

/// A GitHub table.
std::string render_markdown_table(const Table& table);

/// Escapes what Markdown would take for markup, a line break included.
std::string escape_markdown(std::string_view text);

}  // namespace assay::reports
