#pragma once

// Speech recognition: windows of audio as log-mel spectrograms go in, encodings of their frames
// come out, and logits over words if the suite has a vocabulary. Serves models with an input "mel"
// float32 [1, bins, window / 160] and outputs "encodings" float32 [1, frames, width] and "logits"
// float32 [1, frames, words].

#include <suites/task_adapter.h>
#include <suites/tasks/asr/asr_manifest.h>

namespace assay::suites {

/// Both arguments must outlive the adapter.
class AsrAdapter : public TaskAdapter {
 public:
  AsrAdapter(const SuiteManifest& manifest, const AsrSuite& task)
      : manifest_(&manifest), task_(&task) {}

  /// Every window of every utterance is a step. Errors: as of the base class, read_speech() and
  /// read_vocabulary(); kUsage where the model's inputs or outputs do not fit the task.
  Result<PreparedInputs> make_inputs(const CaseSpec& spec) const override;
  Result<std::unique_ptr<Reference>> load_reference(const CaseSpec& spec,
                                                    const PreparedInputs& inputs) const override;
  std::unique_ptr<Reference> reference_from(const Reference& like,
                                            const CaseOutputs& outputs) const override;
  /// Padding is neither scored nor decoded; a NaN in it counts in nonfinite_count all the same. An
  /// utterance with a logit that is not finite has no transcript.
  CaseScores score(const Reference& reference, const CaseOutputs& outputs) const override;

 private:
  Status check_model() const;
  std::size_t output_width(std::string_view name) const;

  const SuiteManifest* manifest_;
  const AsrSuite* task_;
};

}  // namespace assay::suites
