#pragma once

// The cells of a run sorted for reporting: one bench is what a variant can be compared within (one
// suite, model, backend, threads, device), a table of cases by variants.

#include <string>
#include <vector>

#include <harness/model/run.h>

namespace assay::reports {

struct BenchCells {
  CellKey key;  ///< case_name and variant are empty
  std::vector<std::string> cases;
  std::vector<std::string> variants;  ///< in the order of the suite
  /// [case][variant]; null where the run planned none.
  std::vector<std::vector<const Cell*>> cells;

  /// The measured cells of one variant, in the order of the cases.
  std::vector<const Cell*> measured(std::size_t variant) const;
};

/// The cells point into `run`.
std::vector<BenchCells> sort_cells(const RunRecord& run);

}  // namespace assay::reports
