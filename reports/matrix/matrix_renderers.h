#pragma once

// The formats of `assay report matrix`. Pure: view in, text out.

#include <string>

#include <reports/matrix/matrix_view.h>

namespace assay::reports {

/// For a terminal.
std::string render_matrix_text(const MatrixView& view);

/// For an issue or a wiki.
std::string render_matrix_markdown(const MatrixView& view);

/// One file that opens without a network.
std::string render_matrix_html(const MatrixView& view);

/// Everything, raw numbers and text, with the format's version. A number that is not finite is
/// null.
std::string render_matrix_json(const MatrixView& view);

/// One line a row of the matrix; raw numbers, with the candidate's time against the baseline's on
/// the candidate's line.
std::string render_matrix_csv(const MatrixView& view);

}  // namespace assay::reports
