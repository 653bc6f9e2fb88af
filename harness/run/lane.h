#pragma once

// The seam between measuring and what is measured: one variant that can be started, asked for its
// outputs and timed, again and again. worker_lane.h implements it with worker processes,
// tests/fakes/fake_lane.h with a script on a clock of its own. The executions are timed behind this
// seam, by whoever makes them: no call of it is inside a latency.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/manifest.h>
#include <harness/model/profile.h>
#include <harness/run/protocol.h>

namespace assay::run {

/// Why a cell could not go on: becomes its status, stage and reason.
struct StageFailure {
  CellStatus status = CellStatus::kError;
  std::string stage;
  std::string reason;
};
/// Nothing: the stage succeeded.
using StageOutcome = std::optional<StageFailure>;

class Lane {
 public:
  virtual ~Lane() = default;

  virtual const VariantSpec& variant() const = 0;
  virtual int threads() const = 0;
  /// Filled as far as loading and the memory pass got.
  virtual const WorkerRecord& record() const = 0;
  /// What the program that was loaded last says about itself; empty before.
  virtual const ProgramConstants& constants() const = 0;

  /// Makes every later start fail with this: what the plan knew already.
  virtual void refuse(StageFailure failure) = 0;

  /// The memory pass: in a process of its own that is never timed, load, run a few steps of
  /// `inputs`, and record memory by phase. A failure is kept: a cell without memory cannot pass.
  virtual void measure_memory(const CaseInputs& inputs) = 0;
  virtual const StageOutcome& memory_failure() const = 0;

  /// The profile pass: in a process of its own that is never timed. An engine that cannot trace, or
  /// a pass that failed, is a profile with a problem; no cell depends on it.
  virtual ProfileRecord measure_profile(const CaseInputs& inputs, CellKey key) = 0;

  /// Starts a fresh process in place of the one there is, loads the variant and gives it the case's
  /// inputs.
  virtual StageOutcome prepare_case(const CaseInputs& inputs) = 0;
  /// The same, and the output hashes of an accuracy pass of this variant on these inputs, so that
  /// blocks can be timed at once. A worker of an older protocol makes the pass itself.
  virtual StageOutcome start_fresh(const CaseInputs& inputs,
                                   const std::vector<std::uint64_t>& step_hashes) = 0;
  /// What starting and loading the present process took, start to inputs.
  virtual double start_seconds() const = 0;
  /// Whether the present process can play the same input again and again.
  virtual bool knows_same_input() const = 0;

  /// Plays the whole case once and returns every output. Precondition: prepare_case() succeeded, as
  /// for run_block().
  virtual StageOutcome run_accuracy(AccuracyReply& reply) = 0;
  /// Times executions.
  virtual StageOutcome run_block(const BlockRequest& request, SampleBlock& block) = 0;
};

}  // namespace assay::run
