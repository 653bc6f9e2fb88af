#include <algorithm>

#include <harness/base/assert.h>
#include <reports/canvas/display_width.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {
namespace {

std::string pad(const std::string& text, std::size_t width, ColumnKind kind) {
  const std::string spaces(width - display_width(text), ' ');
  return kind == ColumnKind::kNumber ? spaces + text : text + spaces;
}

std::string text_line(const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
                      const Row& row) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string text = widths[i] == 0 ? "" : shorten(row[i], widths[i]);
    line += (i > 0 ? "  " : "") + pad(text, widths[i], columns[i].kind);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::vector<std::size_t> widths_of(const Table& table, TableHead head) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::size_t width = head == TableHead::kNone ? 0 : display_width(table.columns[i].title);
    for (const Row& row : table.rows) {
      ASSAY_ASSERT(row.size() == table.columns.size());
      width = std::max(width, display_width(row[i]));
    }
    widths.push_back(std::min(width, table.columns[i].max_width));
  }
  return widths;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

}  // namespace

std::string render_text_table(const Table& table, const TextLayout& layout) {
  const std::vector<std::size_t> widths = widths_of(table, layout.head);
  Row titles;
  Row rule;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    titles.push_back(table.columns[i].title);
    rule.push_back(repeated("─", widths[i]));
  }
  const std::string indent(layout.indent, ' ');
  std::string text;
  if (layout.head != TableHead::kNone) {
    text += indent + text_line(table.columns, widths, titles);
  }
  if (layout.head == TableHead::kRuled) {
    text += indent + text_line(table.columns, widths, rule);
  }
  for (const Row& row : table.rows) {
    text += indent + text_line(table.columns, widths, row);
  }
  return text;
}

std::string render_markdown_table(const Table& table) {
  std::string head = "|";
  std::string rule = "|";
  for (const Column& column : table.columns) {
    head += " " + escape_markdown(column.title) + " |";
    rule += column.kind == ColumnKind::kNumber ? " ---: |" : " --- |";
  }
  std::string text = head + "\n" + rule + "\n";
  for (const Row& row : table.rows) {
    text += "|";
    for (const std::string& cell : row) {
      text += " " + escape_markdown(cell) + " |";
    }
    text += "\n";
  }
  return text;
}

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      escaped += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>|~#").find(c) != std::string_view::npos) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

}  // namespace assay::reports
