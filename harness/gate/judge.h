#pragma once

// Two stored runs and what was measured of them side by side -> a report. Pure: the same input
// gives the same report, to the last bit.

#include <vector>

#include <harness/base/result.h>
#include <harness/gate/gate_report.h>
#include <harness/gate/policy.h>
#include <harness/model/run.h>
#include <harness/model/side_by_side.h>
#include <harness/model/units.h>

namespace assay::gate {

struct Evidence {
  const RunRecord* candidate = nullptr;   ///< with its series, for flips
  const RunRecord* baseline = nullptr;    ///< null: the first run of its kind
  std::vector<SideBySide> measured;       ///< first measurements and confirmations
  std::vector<Calibration> calibrations;  ///< of this machine
};

/// Refuses what must not be gated: on either side a debug build, one without a build type or one
/// with sanitizers; where the policy says so, a tree that is not known to be clean; runs of unlike
/// machines, suites or weights; a run that did not finish. Of a build whose type nobody recorded
/// (an imported run) nothing is assumed. Errors: kUsage, naming the key and both values.
Status check_comparable(const RunRecord& candidate, const RunRecord* baseline,
                        const Policy& policy);

/// Judges every cell of the candidate's expected matrix, and those that only the baseline has:
/// - a cell that is missing, crashed, timed out, failed its thresholds or is INVALID fails;
/// - accuracy, size and memory: stored figures against the rule;
/// - decisions about units that flipped from right to wrong, where their kind is gated: McNemar's
/// test, and the rule on decision_flip_rate;
/// - time: the location over pairs of processes of the log ratio of neighbouring blocks
///   (stats/hierarchical_bootstrap.h). Fails when the effect is worse than the rule AND than the
///   calibrated minimum detectable effect, its p-value is below the false discovery rate after
///   Benjamini-Hochberg, and a second measurement agrees. Without that one it warns; with an
///   interval that reaches beyond the rule it is inconclusive.
GateReport judge(const Evidence& evidence, const UnitSource& units, const Policy& policy);

/// The rows that would fail if a second measurement agreed.
std::vector<const GateRow*> suspects(const GateReport& report);

/// What one side-by-side measurement says about a time metric: log ratios of neighbouring blocks, a
/// list a pair of processes. Empty when the metric cannot be had from blocks.
std::vector<std::vector<double>> pair_effects(const SideBySide& measured, std::string_view metric);

}  // namespace assay::gate
