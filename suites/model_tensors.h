#pragma once

// What the adapters share: a model's tensors by name, and values of outputs that may be missing.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/model/steps.h>

namespace assay::suites {

/// Index of the tensor of that name; the size of the list if there is none.
std::size_t index_of(const std::vector<TensorSpec>& specs, std::string_view name);

/// kUsage: "<manifest>: /model: task <task> <message>".
Error model_error(const SuiteManifest& manifest, std::string_view task, std::string_view message);

/// The first `count` values of the float32 output of that name; those that are not there are NaN,
/// so that short outputs cannot pass.
std::vector<float> output_values(const SuiteManifest& manifest, const CaseOutputs& outputs,
                                 std::string_view name, std::size_t count);

/// NaN and Inf in all float32 outputs of the model over `steps`, used by the task or not; values
/// that are not there count too.
std::uint64_t count_nonfinite_outputs(const SuiteManifest& manifest, const CaseOutputs& outputs,
                                      std::size_t steps);

}  // namespace assay::suites
