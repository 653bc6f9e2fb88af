#pragma once

// What a task adapter gives to a worker (the inputs of every step of a case) and what it gets back.
// Generic on purpose: a worker knows tensors and state links, never audio or text.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/model/tensor.h>

namespace assay {

/// Values of one input over all steps. Step i reads `ModelSpec::inputs[input]` elements from
/// element i * stride_elements of `data`; windows may overlap (audio with context) or repeat
/// (stride 0).
struct StepInput {
  std::size_t input = 0;
  std::size_t stride_elements = 0;
  Tensor data;
};

struct CaseInputs {
  std::size_t step_count = 0;
  std::vector<StepInput> inputs;
  std::vector<StateLink> state;
};

/// Outputs of the accuracy pass, one tensor a model output with a leading dimension of steps, and
/// the hash of all outputs of each step.
struct CaseOutputs {
  std::vector<Tensor> outputs;
  std::vector<std::uint64_t> step_hashes;
};

}  // namespace assay
