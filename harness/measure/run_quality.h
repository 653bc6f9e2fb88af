#pragma once

// How far the figures of a run can be trusted: per cell, and over all of its cells. Pure.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <harness/measure/disturbance.h>
#include <harness/measure/percentile_support.h>
#include <harness/measure/quality.h>
#include <harness/model/cell.h>
#include <harness/model/run.h>

namespace assay::measure {

/// All that is left to say about a cell's samples once they are gone.
struct CellQuality {
  CellKey key;
  bool measured = false;             ///< ran to its end; else it is neither VALID nor INVALID
  std::vector<std::string> invalid;  ///< Cell::invalid
  DisturbanceSummary blocks;
  std::vector<QualityWarning> warnings;
  std::vector<Unsupported> unsupported;
};

/// Precondition: the cell has its samples.
CellQuality assess_cell(const Cell& cell, const Fingerprint& fingerprint);

/// One kind of warning over many cells.
struct WarningGroup {
  QualityWarning first;   ///< of the first cell that has it
  std::size_t cells = 0;  ///< that have it
};

struct RunQuality {
  std::size_t measured = 0;  ///< cells
  std::size_t invalid = 0;   ///< of those
  DisturbanceSummary blocks;
  std::vector<WarningGroup> warnings;  ///< one a kind, in the order of the kinds
};

RunQuality sum_up(std::span<const CellQuality> cells);

}  // namespace assay::measure
