#pragma once

// Noise floors from the suite's name to the database: `assay golden floor`.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/progress.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/run/floor_runner.h>
#include <suites/tolerances.h>

namespace assay::session {

struct FloorRequest {
  std::string suite;                  ///< a built-in one's name, or a file
  std::vector<std::string> variants;  ///< each against itself
  std::vector<std::string> cases;     ///< empty: all
  std::vector<int> threads{1, 2};
  int loads = 3;                   ///< fresh processes for each number of threads
  std::filesystem::path database;  ///< keeps the floors; empty: they are not kept
};

/// A measurement of floors, and how it was made.
struct FloorResult {
  SuiteManifest manifest;
  run::FloorReport report;
  std::vector<suites::Tolerance> tolerances;
  std::vector<int> threads;
  int loads = 0;
  Status kept;  ///< an error: what was measured could not be written into the database

  /// Whether a threshold is tighter than the floor, or a run failed.
  bool has_problems() const;
};

/// Measures the floors and holds the suite's thresholds against them. Runs that fail are in the
/// report. The caller ignores SIGPIPE: a worker that died is told by its pipe. Errors: kUsage when
/// one run would be all there is, or nothing was picked; of the suite's file; kDatabase, before
/// anything is measured.
Result<FloorResult> measure_floor(const FloorRequest& request, Progress& progress);

/// The manifest of a built-in suite, or of a file. Errors: kNotFound, kManifest.
Result<SuiteManifest> load_suite(const std::string& name);

}  // namespace assay::session
