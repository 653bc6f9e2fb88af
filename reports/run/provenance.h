#pragma once

// Where every number of a report comes from.

#include <vector>

#include <harness/model/run.h>
#include <reports/run/bench_cells.h>
#include <reports/run/report_model.h>

namespace assay::reports {

/// The tool's version with its commit, and "dirty" when it was built from changed sources.
std::string tool_version(const RunInfo& run);

/// The run and its options, machine and build, suites, models (weights, recipes, hashes), data.
std::vector<FactGroup> make_provenance(const RunRecord& run,
                                       const std::vector<BenchCells>& benches);

}  // namespace assay::reports
