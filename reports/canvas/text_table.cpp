#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {
namespace {

std::string pad(const std::string& text, std::size_t width, ColumnKind kind) {
  const std::string spaces(width - display_width(text), ' ');
  return kind == ColumnKind::kNumber ? spaces + text : text + spaces;
}

std::string text_line(std::span<const Column> columns, const std::vector<std::size_t>& widths,
                      const Row& row) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    line += (i > 0 ? "  " : "") + pad(shorten(row[i], widths[i]), widths[i], columns[i].kind);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string render_text_table(const Table& table) {
  const std::vector<Column>& columns = table.columns;
  std::vector<std::size_t> widths;
  Row titles;
  Row rule;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = display_width(columns[i].title);
    for (const Row& row : table.rows) {
      width = std::max(width, display_width(row[i]));
    }
    widths.push_back(std::min(width, columns[i].max_width));
    titles.push_back(columns[i].title);
    std::string dashes;
    for (std::size_t k = 0; k < widths.back(); ++k) {
      dashes += "─";
    }
    rule.push_back(dashes);
  }
  std::string text = text_line(columns, widths, titles) + text_line(columns, widths, rule);
  for (const Row& row : table.rows) {
    text += text_line(columns, widths, row);
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

std::string csv_line(std::span<const std::string> fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += i > 0 ? "," : "";
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) {
      line += c == '"' ? "\"\"" : std::string(1, c);
    }
    line += '"';
  }
  return line + "\n";
}

std::string exact_number(double value) { return fmt::format("{}", value); }

}  // namespace assay::reports
