#pragma once

// The parts that a report is made of. Internal to harness/gate; see judge.h.

#include <vector>

#include <harness/gate/judge.h>

namespace assay::gate {

/// What became of the candidate's cell. `baseline` is null when that run has no such cell.
GateRow status_row(const Cell& candidate, const Cell* baseline);

/// A cell of the baseline that the candidate does not plan.
GateRow dropped_row(const Cell& baseline);

/// One row for each metric with a rule, stored by either run and not a time; and one when decisions
/// were lost. Preconditions: both cells are measured.
std::vector<GateRow> stored_rows(const Cell& candidate, const Cell& baseline,
                                 const UnitSource& units, const Policy& policy);

/// Whether the two cells may be compared by accuracy: the same input and golden. Else why not.
std::string unlike_inputs(const Cell& candidate, const Cell& baseline);

/// Whether a rule's metric is one that blocks are timed for.
bool is_time_metric(const MetricInfo& metric);

/// How much worse B is than A: positive is worse, in the unit of the rule. Nothing for a metric
/// without a direction.
double worsening(const MetricInfo& metric, double effect);

/// Whether both runs kept the same worker, libraries and model for this cell, so that a second
/// measurement would measure one thing twice.
bool same_artifacts(const RunInfo& a, const RunInfo& b, const CellKey& key);

/// The rows of times for one cell, before p-values are corrected: p_value is raw, `verdict` is not
/// set but where a row cannot be judged.
std::vector<GateRow> time_rows(const Cell& candidate, const Cell& baseline,
                               const Evidence& evidence, const Policy& policy);

/// Corrects the p-values of all time rows together, then settles their verdicts.
void settle_time_rows(std::vector<GateRow>& rows, const Evidence& evidence, const Policy& policy,
                      GateReport& report);

}  // namespace assay::gate
