#pragma once

// Which runs of a large database a matrix needs: a year of nightlies has thousands, and a matrix
// shows the newest few.

#include <map>
#include <set>
#include <vector>

#include <harness/model/run.h>

namespace assay::reports {

/// Asked about runs from the newest to the oldest.
class MatrixCoverage {
 public:
  /// Whether the matrix would show anything of `run` (its cells' status is enough): a cell that no
  /// newer run planned, or cells measured together that no one newer run has all of.
  bool adds(const RunRecord& run);

 private:
  std::set<CellKey> planned_;
  /// By place without case and variant: what each run had measured there.
  std::map<CellKey, std::vector<std::set<CellKey>>> measured_;
};

}  // namespace assay::reports
