#pragma once

// How a task makes a case's inputs and judges its outputs; the rest of a task is in suites/task.h.
// An adapter is made for one suite and serves its cases one at a time.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/engine.h>
#include <harness/model/manifest.h>
#include <harness/model/steps.h>

namespace assay::suites {

/// What a step of a language model's case does.
struct TokenWork {
  bool prefill = false;  ///< a prompt at once; else one token after the other
  std::size_t tokens_per_step = 1;
};

/// Inputs of one case, with what has to be recorded about them.
struct PreparedInputs {
  CaseInputs inputs;
  double audio_seconds = 0;
  std::string input_sha256;  ///< of the input; of a language model, of its tokens
  std::optional<TokenWork> tokens = {};
  /// What turning audio into the model's inputs took, a step, in this process.
  std::optional<double> front_end_ms = {};
};

/// The golden (and labels) of one case, checked against the manifest and the inputs.
class Reference {
 public:
  virtual ~Reference() = default;
  virtual const std::string& golden_sha256() const = 0;
};

/// What scoring makes of a case's outputs: raw numbers, no thresholds applied.
struct CaseScores {
  std::vector<Score> scores;
  SeriesMap series;
  double decision_threshold = 0.5;  ///< what the "score" series was judged at
};

class TaskAdapter {
 public:
  virtual ~TaskAdapter() = default;
  /// Reads and decodes the case's data. Errors name the file and what is wrong with it (8 kHz,
  /// stereo, 24-bit, truncated), and how to convert it.
  virtual Result<PreparedInputs> make_inputs(const CaseSpec& spec) const = 0;
  /// Reads the golden and the labels. Errors: missing, of another model or input (SHA-256), shapes.
  virtual Result<std::unique_ptr<Reference>> load_reference(const CaseSpec& spec,
                                                            const PreparedInputs& inputs) const = 0;
  /// The reference that a golden with these outputs would have been, with the labels of `like`: to
  /// judge one run against another. Pure. Preconditions: as of score().
  virtual std::unique_ptr<Reference> reference_from(const Reference& like,
                                                    const CaseOutputs& outputs) const = 0;
  /// Pure. Preconditions: `reference` came from this adapter, `outputs` has inputs.step_count
  /// steps. Where an output is NaN or Inf, the series of errors hold +inf, the series of outputs
  /// what the model gave, and metrics the worst value of their range (golden/comparators.h).
  virtual CaseScores score(const Reference& reference, const CaseOutputs& outputs) const = 0;
  /// Whether what a program says about itself fits the suite. Errors: kUsage.
  virtual Status check_constants(const ProgramConstants& /*constants*/) const { return {}; }
  /// Figures that a program states about itself.
  virtual std::vector<Score> constant_scores(const ProgramConstants& /*constants*/) const {
    return {};
  }
};

/// The adapter of the manifest's task. `manifest` must outlive it.
std::unique_ptr<TaskAdapter> make_task_adapter(const SuiteManifest& manifest);

/// True when a threshold is for this variant and case.
bool threshold_applies(const ThresholdSpec& threshold, const std::string& variant,
                       const std::string& case_name);

/// Sets min, max and pass of each score from the manifest's thresholds for this variant and case.
/// A threshold on a metric that the case did not produce (no labels, say) adds nothing.
void apply_thresholds(const SuiteManifest& manifest, const CellKey& key,
                      std::vector<Score>& scores);

}  // namespace assay::suites
