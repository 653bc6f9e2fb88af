#pragma once

// The matrix as tables, chosen once for the terminal, Markdown and HTML.

#include <string>
#include <vector>

#include <reports/canvas/text_table.h>
#include <reports/matrix/matrix_view.h>

namespace assay::reports {

struct MatrixSection {
  std::string title;
  std::vector<std::string> lines;  ///< sentences before the table
  Table table;                     ///< without rows: none
};

/// Only sections that have something to say.
std::vector<MatrixSection> matrix_sections(const MatrixView& view);

}  // namespace assay::reports
