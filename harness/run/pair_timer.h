#pragma once

// Times lanes against each other: many short-lived sets of fresh processes, each of them taking
// turns in blocks (A B B A). The unit that resampling may rely on is the pair of processes.

#include <atomic>
#include <cstdint>
#include <vector>

#include <harness/base/clock.h>
#include <harness/model/sample_block.h>
#include <harness/model/steps.h>
#include <harness/model/timing_bounds.h>
#include <harness/run/lane.h>

namespace assay::run {

/// One of the lanes that take turns, and what came of it.
struct TimedLane {
  Lane* lane = nullptr;
  const std::vector<std::uint64_t>* step_hashes = nullptr;  ///< of every step's outputs
  StageOutcome failure = {};  ///< set: the lane is out, its blocks so far are kept
  std::vector<SampleBlock> blocks = {};
};

/// When a case has been timed enough, and how. Counts and seconds are of one lane, without warm-up,
/// but for `sustain_s`, which is wall time of all lanes in one pair, without a break.
struct TimingPlan : TimingBounds {
  double budget_s = 0;            ///< wall time of all lanes together; 0: by the bounds
  double block_s = 0.02;          ///< length of a block; always at least one execution
  std::uint64_t warmup_runs = 1;  ///< executions of each process before its first block, and
  double warmup_s = 0;            ///< seconds
  /// Executions of the first step alone, after each block of the pilot.
  std::uint64_t same_input_runs = 0;
};

/// Times `lanes` against each other. The first pair runs in the processes that the lanes have
/// (with inputs and expected hashes already given); later ones in fresh processes that are given
/// `inputs`. Without a budget of wall time the last pair goes on until the bounds hold. A lane that
/// fails drops out and the others go on. Stops early when `stop` is raised. `clock` says what wall
/// time and starting cost; latencies are the lanes'.
void time_side_by_side(const CaseInputs& inputs, std::vector<TimedLane>& lanes,
                       const TimingPlan& plan, const Clock& clock, const std::atomic<bool>& stop);

}  // namespace assay::run
