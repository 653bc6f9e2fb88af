#pragma once

// A lane that plays its script on a FakeClock: what starting and executing takes, which of its
// blocks the machine disturbs, where it fails. Everything that a Lane promises holds, so that the
// timing and the rules of a case can be tested on it without a process and without waiting.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <harness/run/lane.h>
#include <tests/fakes/fake_clock.h>

namespace assay::fakes {

struct LaneScript {
  std::string variant = "a";
  int threads = 1;
  std::int64_t latency_ns = 1'000'000;  ///< of one execution
  double start_s = 0.01;                ///< from the start of a process to its inputs
  std::size_t steps = 4;                ///< outputs of the accuracy pass
  bool knows_same_input = true;
  ProgramConstants constants = {};
  /// By the number of a block that the lane plays, from 0, over all of its processes: warm-up and
  /// same-input blocks count.
  std::set<int> disturbed_blocks = {};
  std::map<int, std::uint64_t> wrong_outputs = {};
  std::map<int, run::StageFailure> block_failures = {};
  /// By the number of a start, from 0: prepare_case() and start_fresh() alike.
  std::map<int, run::StageFailure> start_failures = {};
  run::StageOutcome accuracy_failure = {};
  run::StageOutcome memory_failure = {};
  /// Called before each block with its number; may change the script (a machine that gets slower)
  /// or raise a flag (a user who stops).
  std::function<void(int block)> on_block = {};
  std::function<void(int start)> on_start = {};  ///< likewise, before each start
};

/// What was asked of a lane.
struct LaneLog {
  int starts = 0;
  int accuracy_passes = 0;
  int memory_passes = 0;
  int profile_passes = 0;
  run::StageOutcome refusal;  ///< what the plan said
  std::vector<run::BlockRequest> blocks;
};

class FakeLane : public run::Lane {
 public:
  FakeLane(LaneScript lane_script, const FakeClock& clock);

  LaneScript script;  ///< may be changed while the lane is in use
  LaneLog log;

  const VariantSpec& variant() const override { return variant_; }
  int threads() const override { return script.threads; }
  const WorkerRecord& record() const override { return record_; }
  const ProgramConstants& constants() const override { return script.constants; }
  void refuse(run::StageFailure failure) override { log.refusal = std::move(failure); }
  void measure_memory(const CaseInputs& inputs) override;
  const run::StageOutcome& memory_failure() const override { return script.memory_failure; }
  ProfileRecord measure_profile(const CaseInputs& inputs, CellKey key) override;
  run::StageOutcome prepare_case(const CaseInputs& inputs) override;
  run::StageOutcome start_fresh(const CaseInputs& inputs,
                                const std::vector<std::uint64_t>& step_hashes) override;
  double start_seconds() const override { return script.start_s; }
  bool knows_same_input() const override { return script.knows_same_input; }
  run::StageOutcome run_accuracy(run::AccuracyReply& reply) override;
  run::StageOutcome run_block(const run::BlockRequest& request, SampleBlock& block) override;

 private:
  const FakeClock& clock_;
  VariantSpec variant_;
  WorkerRecord record_;
  bool ready_ = false;  ///< a process is there: what is asked without one fails
};

}  // namespace assay::fakes
