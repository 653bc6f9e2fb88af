#pragma once

// Noise floors on their way into the database, and back out before a run: a run that would judge by
// a threshold tighter than the floor of its case is refused before anything is started.

#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/golden_floor.h>
#include <harness/run/plan.h>
#include <harness/store/store.h>
#include <suites/case_floor.h>

namespace assay::session {

/// What the floors of one measurement have in common.
struct FloorOrigin {
  std::vector<int> threads;
  std::string measured_utc;
  std::string machine;
};

/// One row an output and one a metric that is a distance; levels have no floor that a threshold
/// could be held against later.
std::vector<GoldenFloor> floors_to_store(const SuiteManifest& manifest,
                                         const std::vector<suites::CaseFloor>& floors,
                                         const FloorOrigin& origin);

/// Holds the thresholds of every planned case and variant against the stored floors of the golden
/// that the case has now, whatever machine they come from. Errors: kUsage, naming the threshold;
/// kDatabase.
Status refuse_tight_thresholds(store::Store& store, const run::RunPlan& plan);

}  // namespace assay::session
