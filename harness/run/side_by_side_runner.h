#pragma once

// Measures a baseline and a candidate against each other: each side its own worker program and
// model file, one coordinator, pinned to the same cores, in many pairs of fresh processes.

#include <array>
#include <atomic>
#include <filesystem>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/model/side_by_side.h>
#include <harness/run/pair_timer.h>
#include <suites/task_adapter.h>

namespace assay::run {

/// What one side runs.
struct SideProgram {
  const ModelSpec* model = nullptr;
  const VariantSpec* variant = nullptr;
  std::filesystem::path worker_program;  ///< understands `internal-worker`
  std::filesystem::path library_folder;  ///< searched first by the worker; empty: as built
  SideIdentity identity;
};

struct SideBySideRequest {
  CellKey key;
  Question question = Question::kBoth;
  int attempt = 1;
  const CaseSpec* spec = nullptr;
  SideProgram a;         ///< baseline
  SideProgram b;         ///< candidate
  double budget_s = 10;  ///< wall time
  MeasureSpec measure;   ///< of the suite: warm-up and timeout
  std::vector<int> cpus;
  std::uint64_t seed = 1;
};

/// Measures one case and variant. Whatever fails is in SideBySide::failure, naming side and stage;
/// blocks so far are kept. `stop` ends it early, as a failure.
SideBySide measure_side_by_side(const SideBySideRequest& request,
                                const suites::TaskAdapter& adapter, const std::atomic<bool>& stop);

/// The same with lanes that the caller made: the baseline's, then the candidate's.
SideBySide measure_side_by_side(const SideBySideRequest& request,
                                const suites::TaskAdapter& adapter,
                                const std::array<Lane*, 2>& lanes, const Clock& clock,
                                const std::atomic<bool>& stop);

}  // namespace assay::run
