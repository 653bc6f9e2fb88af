#pragma once

// A lane over worker processes: one variant on its way through a suite, its worker restarted when
// it dies, and what is known about it. Load failures are found once and then apply to every case.

#include <memory>
#include <string>
#include <vector>

#include <harness/base/clock.h>
#include <harness/run/lane.h>
#include <harness/run/worker_client.h>

namespace assay::run {

class WorkerLane : public Lane {
 public:
  /// `model`, `variant` and `clock` must outlive the lane; `start_worker` starts workers on
  /// `clock`.
  WorkerLane(const ModelSpec& model, const VariantSpec& variant, int threads,
             WorkerOptions worker_options, StartWorker start_worker, const Clock& clock);

  const VariantSpec& variant() const override { return *variant_; }
  int threads() const override { return threads_; }
  const WorkerRecord& record() const override { return record_; }
  const ProgramConstants& constants() const override { return constants_; }
  void refuse(StageFailure failure) override { unusable_ = std::move(failure); }
  void measure_memory(const CaseInputs& inputs) override;
  const StageOutcome& memory_failure() const override { return memory_failure_; }
  ProfileRecord measure_profile(const CaseInputs& inputs, CellKey key) override;
  StageOutcome prepare_case(const CaseInputs& inputs) override;
  StageOutcome start_fresh(const CaseInputs& inputs,
                           const std::vector<std::uint64_t>& step_hashes) override;
  double start_seconds() const override { return start_seconds_; }
  bool knows_same_input() const override;
  StageOutcome run_accuracy(AccuracyReply& reply) override;
  StageOutcome run_block(const BlockRequest& request, SampleBlock& block) override;

 private:
  StageOutcome check_file();
  StageOutcome record_memory(const CaseInputs& inputs);
  StageOutcome record_profile(const CaseInputs& inputs, Profile& profile);
  StageOutcome start_and_load(std::unique_ptr<WorkerClient>& worker, LoadReply& reply);
  StageOutcome check_facts(const MethodFacts& facts) const;
  StageOutcome load_fresh();
  /// Sends a request whose reply carries nothing.
  StageOutcome tell(const Frame& request, std::string stage);
  StageOutcome failure_of(const WorkerClient& worker, const Error& error, std::string stage);

  const ModelSpec* model_;
  const VariantSpec* variant_;
  int threads_;
  WorkerOptions worker_options_;
  StartWorker start_worker_;
  const Clock* clock_;
  std::unique_ptr<WorkerClient> worker_;
  WorkerRecord record_;
  ProgramConstants constants_;
  bool file_checked_ = false;
  int deaths_ = 0;
  double start_seconds_ = 0;
  StageOutcome unusable_;  ///< a failure that no restart would mend
  StageOutcome memory_failure_;
};

}  // namespace assay::run
