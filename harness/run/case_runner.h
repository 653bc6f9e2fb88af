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

/// One lane a variant.
using Lanes = std::vector<std::unique_ptr<Lane>>;

/// Runs `spec` on all lanes, timed within `bounds`, and gives a cell for each, in their order.
/// Errors: only kCancelled, when `stop` was raised; cells measured so far are then given up.
Result<std::vector<Cell>> run_case(const PlannedSuite& suite, const CaseSpec& spec,
                                   const suites::TaskAdapter& adapter, const Lanes& lanes,
                                   const RunOptions& run, const TimingBounds& bounds,
                                   const Clock& clock, const std::atomic<bool>& stop);

}  // namespace assay::run
