#pragma once

// What a run will do, decided before anything is started: suites, the variants and cases picked
// from them, and the matrix of cells that must have a result at the end. Pure.

#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/manifest.h>
#include <harness/model/run.h>

namespace assay::run {

struct PlannedSuite {
  SuiteManifest manifest;
  std::vector<VariantSpec> variants;
  std::vector<CaseSpec> cases;
};

struct RunPlan {
  RunOptions options;
  std::vector<PlannedSuite> suites;

  /// Every cell that the run has to fill, in the order in which it is run.
  std::vector<CellKey> matrix() const;
};

/// The key of one cell of a plan.
CellKey make_cell_key(const PlannedSuite& suite, const CaseSpec& spec, const VariantSpec& variant,
                      const RunOptions& options);

/// Picks variants and cases. Empty lists in `options` mean all. Errors: kUsage for a variant or
/// case that no suite has (lists the known ones), for two suites of one name, for threads < 1.
Result<RunPlan> make_plan(std::vector<SuiteManifest> manifests, RunOptions options);

}  // namespace assay::run
