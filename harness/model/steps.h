#pragma once

// What a task adapter gives to a worker (the inputs of every step of a case) and what it gets back.
// Generic on purpose: a worker knows tensors and state links, never audio or text.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/model/tensor.h>

namespace assay {

/// The part of an input's data that one execution reads.
struct StepWindow {
  std::size_t offset = 0;  ///< elements
  std::size_t length = 0;  ///< elements
  friend bool operator==(const StepWindow&, const StepWindow&) = default;
};

/// Values of one input over all executions, those of the setup first. Windows may overlap (audio
/// with context) or repeat (stride 0).
struct StepInput {
  std::size_t input = 0;
  /// Execution i reads as many elements as the method's input has, from i * stride_elements on.
  std::size_t stride_elements = 0;
  Tensor data;
  /// For an input whose last dimension varies: what each execution reads, in place of the stride.
  /// The lengths become that dimension. Empty: the input always has its full size.
  std::vector<StepWindow> windows = {};
};

struct CaseInputs {
  std::size_t step_count = 0;  ///< executions that are scored and timed
  std::vector<StepInput> inputs;
  std::vector<StateLink> state;
  /// Executions before the first step, once for each loaded session: what fills a cache that lives
  /// inside the model. The steps may go over what they wrote themselves, never over this.
  std::size_t setup_count = 0;
  /// Whether the first step, played alone, costs what the others cost. False where a step's work
  /// depends on its position.
  bool steps_alike = true;

  std::size_t execution_count() const { return setup_count + step_count; }
};

/// The setup and at most `count` steps of `inputs`, for a model with those `model_inputs`.
/// Precondition: the inputs fit the model.
CaseInputs first_steps(const CaseInputs& inputs, const std::vector<TensorSpec>& model_inputs,
                       std::size_t count);

/// Outputs of the accuracy pass, one tensor a model output with a leading dimension of steps, and
/// the hash of all outputs of each step.
struct CaseOutputs {
  std::vector<Tensor> outputs;
  std::vector<std::uint64_t> step_hashes;
};

}  // namespace assay
