#pragma once

// One variant on its way through a suite: its worker process, restarted when it dies, and what is
// known about it. Load failures are found once and then apply to every case.

#include <memory>
#include <optional>
#include <string>

#include <harness/model/cell.h>
#include <harness/model/manifest.h>
#include <harness/model/profile.h>
#include <harness/run/worker_process.h>

namespace assay::run {

/// Why a cell could not go on: becomes its status, stage and reason.
struct StageFailure {
  CellStatus status = CellStatus::kError;
  std::string stage;
  std::string reason;
};
/// Nothing: the stage succeeded.
using StageOutcome = std::optional<StageFailure>;

class VariantLane {
 public:
  VariantLane(const ModelSpec& model, const VariantSpec& variant, int threads,
              WorkerOptions worker_options);

  /// Makes every later start fail with this: what the plan knew already.
  void refuse(StageFailure failure) { unusable_ = std::move(failure); }

  const VariantSpec& variant() const { return *variant_; }
  /// Filled as far as loading and the memory pass got.
  const WorkerRecord& record() const { return record_; }

  /// The memory pass: in a process of its own that is never timed, load, run a few steps of
  /// `inputs`, and record memory by phase. A failure is kept: a cell without memory cannot pass.
  void measure_memory(const CaseInputs& inputs);
  const StageOutcome& memory_failure() const { return memory_failure_; }

  /// The profile pass: in a process of its own that is never timed. An engine that cannot trace, or
  /// a pass that failed, is a profile with a problem; no cell depends on it.
  ProfileRecord measure_profile(const CaseInputs& inputs, CellKey key);

  int threads() const { return threads_; }

  /// What the program that was loaded last says about itself; empty before.
  const ProgramConstants& constants() const { return constants_; }

  /// Starts a fresh worker in place of the one there is, loads the variant and gives it the case's
  /// inputs.
  StageOutcome prepare_case(const CaseInputs& inputs);
  /// The same, and the output hashes of an accuracy pass of this variant on these inputs, so that
  /// blocks can be timed at once. A worker of an older protocol makes the pass itself.
  StageOutcome start_fresh(const CaseInputs& inputs, const std::vector<std::uint64_t>& step_hashes);
  /// Ends the worker, if any.
  void stop() { worker_.reset(); }

  /// What starting and loading the present worker took, start to inputs.
  double start_seconds() const { return start_seconds_; }
  /// Whether the present worker can play the same input again and again.
  bool knows_same_input() const;

  /// Plays the whole case once and returns every output.
  StageOutcome run_accuracy(AccuracyReply& reply);

  /// Times executions.
  StageOutcome run_block(const BlockRequest& request, SampleBlock& block);

 private:
  StageOutcome check_file();
  StageOutcome record_memory(const CaseInputs& inputs);
  StageOutcome record_profile(const CaseInputs& inputs, Profile& profile);
  StageOutcome start_and_load(std::unique_ptr<WorkerProcess>& worker, LoadReply& reply);
  StageOutcome check_facts(const MethodFacts& facts) const;
  StageOutcome load_fresh();
  /// Sends a request whose reply carries nothing.
  StageOutcome tell(const Frame& request, std::string stage);
  StageOutcome failure_of(const WorkerProcess& worker, const Error& error, std::string stage);

  const ModelSpec* model_;
  const VariantSpec* variant_;
  int threads_;
  WorkerOptions worker_options_;
  std::unique_ptr<WorkerProcess> worker_;
  WorkerRecord record_;
  ProgramConstants constants_;
  bool file_checked_ = false;
  int deaths_ = 0;
  double start_seconds_ = 0;
  StageOutcome unusable_;  ///< a failure that no restart would mend
  StageOutcome memory_failure_;
};

}  // namespace assay::run
