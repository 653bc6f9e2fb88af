#pragma once

// One case, all variants: inputs, golden, accuracy pass of each, then timing side by side, then
// scores. Whatever fails becomes the state of the cells it concerns; the others go on.

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <harness/base/clock.h>
#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/run/lane.h>
#include <harness/run/plan.h>
#include <suites/task_adapter.h>

namespace assay::run {

/// How a run measures; the same for all of its cases.
struct MeasureOptions {
  double min_time_s = 0.2;     ///< per case and variant, at least
  std::uint64_t min_runs = 1;  ///< per case and variant, at least
  double max_time_s = 10;      ///< per case and variant, at most
  std::uint64_t repeat = 0;    ///< exactly so many per case and variant; 0: by the bounds above
  std::uint64_t pairs = 0;     ///< sets of fresh processes a case; 0: chosen from a pilot
  double sustain_s = 0;        ///< load all variants for so long, in place of the bounds above
  std::uint64_t seed = 1;
};

/// One lane a variant.
using Lanes = std::vector<std::unique_ptr<Lane>>;

/// Runs `spec` on all lanes, and gives a cell for each, in their order. Errors: only kCancelled,
/// when `stop` was raised; cells measured so far are then given up.
Result<std::vector<Cell>> run_case(const PlannedSuite& suite, const CaseSpec& spec,
                                   const suites::TaskAdapter& adapter, const Lanes& lanes,
                                   const RunOptions& run, const MeasureOptions& options,
                                   const Clock& clock, const std::atomic<bool>& stop);

}  // namespace assay::run
