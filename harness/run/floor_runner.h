#pragma once

// Measures noise floors: plays every case of a suite several times, each time in a fresh worker
// process, with the thread counts asked for. Nothing is timed, so nothing has to be pinned apart.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <harness/run/lane.h>
#include <harness/run/plan.h>
#include <suites/case_floor.h>

namespace assay::run {

struct FloorOptions {
  std::filesystem::path worker_program;  ///< the binary that understands `internal-worker`
  std::vector<int> threads;              ///< each at least 1
  int loads = 3;                         ///< fresh processes for each number of threads
};

/// A case whose floor is unknown because one of its runs did not end.
struct FloorFailure {
  std::string case_name;
  std::string variant;
  StageFailure failure;  ///< its reason names the run where it matters
};

struct FloorReport {
  std::vector<suites::CaseFloor> floors;  ///< cases in the suite's order, then variants
  std::vector<FloorFailure> failures;
};

/// Called before each case.
using OnCase = std::function<void(const std::string& case_name)>;

/// Runs every case with every variant of `suite`. What fails is in the report; the rest goes on.
FloorReport measure_floors(const PlannedSuite& suite, const FloorOptions& options,
                           const OnCase& on_case);

}  // namespace assay::run
