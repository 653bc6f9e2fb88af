#pragma once

// Executes a plan: starts workers, runs case after case, hands every finished case to its sink. The
// only thing that outlives a case is what the sink stored.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <harness/base/clock.h>
#include <harness/base/result.h>
#include <harness/model/profile.h>
#include <harness/run/lane.h>
#include <harness/run/plan.h>
#include <suites/task_adapter.h>

namespace assay::run {

/// Where a run's events go. Called from one thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Before a case of a suite starts, or a pass over all variants: "memory", "profile".
  virtual void on_start(const std::string& suite, const std::string& what) = 0;
  /// A variant has its profile, or a reason why not. An error (the database's) ends the run.
  virtual Status on_profile(const ProfileRecord& profile) = 0;
  /// A cell has its result. An error (the database's) ends the run.
  virtual Status on_cell(const Cell& cell) = 0;
};

/// Whether every variant is profiled, once a suite, after its memory was measured.
enum class Profiling { kOff, kOn };

struct RunnerOptions {
  std::filesystem::path worker_program;  ///< the binary that understands `internal-worker`
  std::vector<int> cpus;                 ///< what every worker is pinned to
  std::uint64_t memory_limit_bytes = 0;  ///< of a worker; 0: none
  bool profile = false;                  ///< with a profile pass, once a variant and suite
};

/// Runs every case of `plan` that has a cell in `pending`. A case is run with all of its variants
/// even if only one is pending: variants are timed against each other or not at all.
/// Errors: kCancelled when `stop` was raised; an error of the observer.
Status run_plan(const RunPlan& plan, const std::set<CellKey>& pending, const RunnerOptions& options,
                RunObserver& observer, const std::atomic<bool>& stop);

/// What a run measures with: parts that a test replaces.
struct RunParts {
  /// The lane of one variant that is run with so many threads.
  std::function<std::unique_ptr<Lane>(const PlannedSuite& suite, const VariantSpec& variant,
                                      int threads)>
      make_lane;
  /// The adapter of a suite's task.
  std::function<std::unique_ptr<suites::TaskAdapter>(const SuiteManifest& manifest)> make_task;
  const Clock* clock = nullptr;
};

/// The same with parts that the caller chose.
Status run_plan(const RunPlan& plan, const std::set<CellKey>& pending, Profiling profiling,
                const RunParts& parts, RunObserver& observer, const std::atomic<bool>& stop);

/// The last `count` CPUs that this process may use: what workers are pinned to. The first ones
/// serve most interrupts. Fewer CPUs than threads: all of them.
std::vector<int> choose_cpus(int count);

}  // namespace assay::run
