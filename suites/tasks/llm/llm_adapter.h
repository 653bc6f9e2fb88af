#pragma once

// Language models with their cache inside: token ids and a start position go in, logits come out.
// Serves models with the inputs "tokens" int64[1,N] (N varies) and "input_pos" int64[1], and an
// output "logits" float32 [1,V], of the last token, or [1,N,V].

#include <suites/task_adapter.h>
#include <suites/tasks/llm/llm_manifest.h>

namespace assay::suites {

/// Both arguments must outlive the adapter.
class LlmAdapter : public TaskAdapter {
 public:
  LlmAdapter(const SuiteManifest& manifest, const LlmSuite& task)
      : manifest_(&manifest), task_(&task) {}

  /// A text: what comes before the first scored position is given at once, as a prompt would be,
  /// then a token an execution. A speed case: the golden's tokens, over and over where it needs
  /// more than there are. Errors: as of the base class; kUsage when the case does not fit into the
  /// cache, or the model's inputs are not those of this task.
  Result<PreparedInputs> make_inputs(const CaseSpec& spec) const override;
  Result<std::unique_ptr<Reference>> load_reference(const CaseSpec& spec,
                                                    const PreparedInputs& inputs) const override;
  std::unique_ptr<Reference> reference_from(const Reference& like,
                                            const CaseOutputs& outputs) const override;
  CaseScores score(const Reference& reference, const CaseOutputs& outputs) const override;
  /// What the model says of its vocabulary and its cache must fit the suite.
  Status check_constants(const ProgramConstants& constants) const override;
  std::vector<Score> constant_scores(const ProgramConstants& constants) const override;

 private:
  Status check_model() const;

  const SuiteManifest* manifest_;
  const LlmSuite* task_;
};

}  // namespace assay::suites
