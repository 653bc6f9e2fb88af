#pragma once

// Voice activity detection with a stateful model: audio goes in chunk by chunk with some samples of
// the chunk before, one speech score a chunk comes out, the state is carried over. Serves models
// with an input "chunk" and outputs "score", "h" and "c".

#include <suites/task_adapter.h>
#include <suites/tasks/vad/vad_manifest.h>

namespace assay::suites {

/// A score error above this is where a variant left its golden: a tenth of the score's range, far
/// above what rounding does and near what moves a decision.
inline constexpr double kDivergenceTolerance = 0.1;

/// Both arguments must outlive the adapter.
class VadAdapter : public TaskAdapter {
 public:
  VadAdapter(const SuiteManifest& manifest, const VadSuite& task)
      : manifest_(&manifest), task_(&task) {}

  /// The clip with context_samples zeros in front and zeros behind up to a whole chunk; step i
  /// reads context + chunk samples from sample i * chunk_samples. Errors: as of the base class, and
  /// kUsage naming the model input or output that does not fit this task.
  Result<PreparedInputs> make_inputs(const CaseSpec& spec) const override;
  Result<std::unique_ptr<Reference>> load_reference(const CaseSpec& spec,
                                                    const PreparedInputs& inputs) const override;
  std::unique_ptr<Reference> reference_from(const Reference& like,
                                            const CaseOutputs& outputs) const override;
  /// A value that is missing from `outputs` counts as NaN, so that short outputs cannot pass.
  CaseScores score(const Reference& reference, const CaseOutputs& outputs) const override;

 private:
  Status check_model() const;

  const SuiteManifest* manifest_;
  const VadSuite* task_;
};

}  // namespace assay::suites
