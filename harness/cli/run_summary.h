#pragma once

// What `assay run` prints at its end: one line a cell, then a line of totals.

#include <string>
#include <vector>

#include <harness/model/cell.h>

namespace assay::cli {

/// A table of cells for a terminal, failures with their stage and reason.
std::string format_run_summary(const std::vector<Cell>& cells);

/// The same as JSON: {"cells":[{case, variant, status, stage, reason, scores:{metric: value}}]}.
std::string run_summary_json(std::int64_t run_id, const std::vector<Cell>& cells);

}  // namespace assay::cli
