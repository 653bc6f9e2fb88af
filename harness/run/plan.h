#pragma once

// What a run will do, decided before anything is started: suites, the variants and cases picked
// from them, and the matrix of cells that must have a result at the end. Pure.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/manifest.h>
#include <harness/model/run.h>
#include <harness/run/backend_choice.h>

namespace assay::run {

/// Why a variant cannot run on its backend.
struct Refusal {
  std::string reason;
  /// The variant that the suite falls back to; empty: the refusal is a failure.
  std::string instead;
};

struct PlannedSuite {
  SuiteManifest manifest;
  std::vector<VariantSpec> variants;
  std::vector<CaseSpec> cases;
  /// By (variant, backend). The cells become errors, or are skipped for the variant that is run
  /// instead.
  std::map<std::pair<std::string, std::string>, Refusal> refusals;
};

struct RunPlan {
  RunOptions options;
  std::vector<PlannedSuite> suites;
  /// "backend:MODEL/VARIANT" -> which backend was chosen, and why not the others.
  std::map<std::string, std::string> backend_facts;

  /// Every cell that the run has to fill, in the order in which it is run.
  std::vector<CellKey> matrix() const;
};

/// The key of one cell of a plan.
CellKey make_cell_key(const PlannedSuite& suite, const CaseSpec& spec, const VariantSpec& variant,
                      const RunOptions& options);

/// Picks variants and cases. Empty lists in `options` mean all. Errors: kUsage for a variant or
/// case that no suite has (lists the known ones), for two suites of one name; as check_options().
Result<RunPlan> make_plan(std::vector<SuiteManifest> manifests, RunOptions options);

/// Gives every planned variant the files that its backend needs: RunOptions::backends where it asks
/// for that variant, else the suite's wish list. A variant is then there once for each backend.
/// With SuiteManifest::fallback, one that no backend of its wish list can run gives way to the next
/// variant of the suite that can run. Errors: kUsage when no variant has the file that one of
/// RunOptions::backends asks for.
Status choose_backends(RunPlan& plan, const DeviceBackends& device,
                       const ReadDelegates& read_delegates);

}  // namespace assay::run
