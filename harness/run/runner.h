#pragma once

// Executes a plan: starts workers, runs case after case, hands every finished case to its sink. The
// only thing that outlives a case is what the sink stored.

#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/run/plan.h>

namespace assay::run {

/// Where a run's events go. Called from one thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Before a case (or the memory pass, with an empty case name) of a suite starts.
  virtual void on_start(const std::string& suite, const std::string& case_name) = 0;
  /// A cell has its result. An error (the database's) ends the run.
  virtual Status on_cell(const Cell& cell) = 0;
};

struct RunnerOptions {
  std::filesystem::path worker_program;  ///< the binary that understands `internal-worker`
  std::vector<int> cpus;                 ///< what every worker is pinned to
  std::uint64_t memory_limit_bytes = 0;  ///< of a worker; 0: none
};

/// Runs every case of `plan` that has a cell in `pending`. A case is run with all of its variants
/// even if only one is pending: variants are timed against each other or not at all.
/// Errors: kCancelled when `stop` was raised; an error of the observer.
Status run_plan(const RunPlan& plan, const std::set<CellKey>& pending, const RunnerOptions& options,
                RunObserver& observer, const std::atomic<bool>& stop);

/// The last `count` CPUs that this process may use: what workers are pinned to. The first ones
/// serve most interrupts. Fewer CPUs than threads: all of them.
std::vector<int> choose_cpus(int count);

}  // namespace assay::run
