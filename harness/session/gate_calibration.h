#pragma once

// A stored run measured against itself, to learn what a gate can tell on this machine. The figures
// themselves are made in harness/gate/calibrate.h.

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/progress.h>
#include <harness/base/result.h>
#include <harness/gate/policy.h>
#include <harness/model/side_by_side.h>
#include <suites/task.h>

namespace assay::session {

struct CalibrationRequest {
  std::filesystem::path database;
  std::string run = "latest";  ///< as Store::find_run() takes it
  gate::Policy policy;
  double budget_s = 0;                                ///< of one comparison
  std::size_t comparisons = 20;                       ///< A/A comparisons a case and variant
  std::vector<std::string> variants;                  ///< empty: all of the run
  std::vector<std::string> cases;                     ///< empty: all of the run
  suites::TaskList tasks = suites::built_in_tasks();  ///< that the run's suites may be of
};

struct CalibrationOutcome {
  std::vector<Calibration> calibrations;
  bool complete = true;  ///< every metric that a rule is for got its figures; else the log says why
};

/// Measures every picked cell that the policy has a rule on time for against itself, and looks at
/// stored runs of the same build. What a cell gave is stored as it ends. Errors: kUsage when
/// nothing was picked or the run cannot be gated; as RemeasuredRuns::restore(); kCancelled;
/// kDatabase.
Result<CalibrationOutcome> calibrate_gate(const CalibrationRequest& request, Progress& progress,
                                          const std::atomic<bool>& stop);

}  // namespace assay::session
