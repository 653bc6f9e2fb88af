// The formats of the matrix that a person reads.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/format.h>
#include <reports/canvas/html_page.h>
#include <reports/canvas/html_table.h>
#include <reports/matrix/matrix_renderers.h>
#include <reports/matrix/matrix_sections.h>

namespace assay::reports {
namespace {

std::string run_line(const MatrixView& view) {
  return fmt::format("Of {} {}: {}.", view.runs.size(), view.runs.size() == 1 ? "run" : "runs",
                     fmt::join(view.runs, ", "));
}

}  // namespace

std::string render_matrix_text(const MatrixView& view) {
  std::string text = wrap_paragraph(run_line(view), "");
  for (const MatrixSection& section : matrix_sections(view)) {
    text += fmt::format("\n{}\n", section.title);
    for (const std::string& line : section.lines) {
      text += wrap_paragraph("- " + line, "  ");
    }
    if (!section.table.rows.empty()) {
      text += render_text_table(section.table);
    }
  }
  return text;
}

std::string render_matrix_markdown(const MatrixView& view) {
  std::string text = "# Devices\n\n" + escape_markdown(run_line(view)) + "\n";
  for (const MatrixSection& section : matrix_sections(view)) {
    text += fmt::format("\n## {}\n\n", escape_markdown(section.title));
    for (const std::string& line : section.lines) {
      text += "- " + escape_markdown(line) + "\n";
    }
    if (!section.table.rows.empty()) {
      text += (section.lines.empty() ? "" : "\n") + render_markdown_table(section.table);
    }
  }
  return text;
}

std::string render_matrix_html(const MatrixView& view) {
  MarkupWriter out;
  open_page(out, "Devices");
  out.open("main");
  out.newline();
  out.element("h1", "Devices");
  out.element("p", run_line(view));
  out.newline();
  for (const MatrixSection& section : matrix_sections(view)) {
    out.element("h2", section.title);
    out.newline();
    for (const std::string& line : section.lines) {
      out.element("p", line);
      out.newline();
    }
    if (!section.table.rows.empty()) {
      write_table(out, section.table, section.title, NarrowTable::kScroll);
    }
  }
  out.close();
  out.newline();
  return close_page(out);
}

}  // namespace assay::reports
