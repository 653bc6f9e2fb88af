#include <array>
#include <string>
#include <utility>

#include <reports/canvas/html_table.h>

namespace assay::reports {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSigns{{
    {"better", "▲"},
    {"worse", "▼"},
    {"same", "="},
    {"inconclusive", "?"},
    {"not judged", "·"},
    {"pass", "✓"},
    {"fail", "✗"},
    {"error", "✗"},
    {"crash", "✗"},
    {"timeout", "✗"},
    {"oom", "✗"},
    {"pending", "✗"},
    {"skipped", "–"},
    {"INVALID", "✗"},
}};

std::string_view sign_of(std::string_view verdict) {
  for (const auto& [name, sign] : kSigns) {
    if (name == verdict) {
      return sign;
    }
  }
  return "";
}

/// A class name: "not-judged".
std::string class_of(std::string_view verdict) {
  std::string name(verdict);
  for (char& c : name) {
    c = c == ' ' ? '-' : c;
  }
  return name;
}

std::string cell_class(const Column& column) {
  switch (column.kind) {
    case ColumnKind::kNumber:
      return "number";
    case ColumnKind::kVerdict:
      return "verdict";
    case ColumnKind::kText:
      break;
  }
  return column.title.ends_with(" CI") ? "nowrap interval" : "text";
}

void write_row(MarkupWriter& out, const Table& table, const Row& row) {
  out.open("tr");
  out.element("th", row.front(), {{"scope", "row"}});
  for (std::size_t i = 1; i < row.size(); ++i) {
    const Column& column = table.columns[i];
    out.open("td", {{"class", cell_class(column)}, {"data-label", column.title}});
    if (column.kind == ColumnKind::kVerdict) {
      write_verdict(out, row[i]);
    } else {
      out.text(row[i]);
    }
    out.close();
  }
  out.close();
  out.newline();
}

}  // namespace

void write_verdict(MarkupWriter& out, std::string_view verdict) {
  out.open("span", {{"class", "verdict " + class_of(verdict)}});
  out.element("span", sign_of(verdict), {{"aria-hidden", "true"}});
  out.text(" ");
  out.text(verdict);
  out.close();
}

void write_table(MarkupWriter& out, const Table& table, std::string_view caption,
                 NarrowTable narrow) {
  out.open("div", {{"class", "scroll"},
                   {"role", "region"},
                   {"aria-label", std::string(caption)},
                   {"tabindex", "0"}});
  out.open("table", {{"class", narrow == NarrowTable::kStack ? "stack" : "plain"}});
  out.newline();
  out.open("thead");
  out.open("tr");
  for (const Column& column : table.columns) {
    out.element(
        "th", column.title,
        {{"scope", "col"}, {"class", column.kind == ColumnKind::kNumber ? "number" : "text"}});
  }
  out.close();
  out.close();
  out.newline();
  out.open("tbody");
  out.newline();
  for (const Row& row : table.rows) {
    write_row(out, table, row);
  }
  out.close();
  out.close();
  out.close();
  out.newline();
}

}  // namespace assay::reports
