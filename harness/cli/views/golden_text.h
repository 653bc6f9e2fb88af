#pragma once

// What `assay golden` prints: noise floors with the thresholds held against them, and the error
// table of a new golden.

#include <string>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/run/floor_runner.h>
#include <suites/bless.h>
#include <suites/tolerances.h>

namespace assay::cli {

/// A measurement of floors, and how it was made.
struct FloorResult {
  run::FloorReport report;
  std::vector<suites::Tolerance> tolerances;
  std::vector<int> threads;
  int loads = 0;
};

/// Outputs that differ from run to run, thresholds with floor, proposal and verdict, failures.
std::string floor_as_text(const SuiteManifest& manifest, const FloorResult& result);

/// The same with every figure of every case, as one object (docs/guide/golden.md).
std::string floor_as_json(const SuiteManifest& manifest, const FloorResult& result);

/// "score_max_abs_error <= 1e-09 of fp32 is tighter than the floor 0.001 (case one, 6 runs);
/// proposed: <= 0.01".
std::string too_tight_text(const suites::Tolerance& tolerance);

/// The error table of a blessing, the two hashes and the reason.
std::string blessing_as_text(const suites::Blessing& blessing);

}  // namespace assay::cli
