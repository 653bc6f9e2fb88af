#include <algorithm>
#include <limits>

#include <golden/comparators.h>
#include <suites/model_tensors.h>

namespace assay::suites {

std::size_t index_of(const std::vector<TensorSpec>& specs, std::string_view name) {
  const auto found = std::ranges::find(specs, name, &TensorSpec::name);
  return static_cast<std::size_t>(found - specs.begin());
}

Error model_error(const SuiteManifest& manifest, std::string_view task, std::string_view message) {
  return make_error(ErrorCode::kUsage, "{}: /model: task {} {}", manifest.file.string(), task,
                    message);
}

std::vector<float> output_values(const SuiteManifest& manifest, const CaseOutputs& outputs,
                                 std::string_view name, std::size_t count) {
  const std::size_t index = index_of(manifest.model.outputs, name);
  std::vector<float> values;
  if (index < outputs.outputs.size() && outputs.outputs[index].spec.dtype == DType::kFloat32) {
    values = outputs.outputs[index].to_floats();
  }
  values.resize(count, std::numeric_limits<float>::quiet_NaN());
  return values;
}

std::uint64_t count_nonfinite_outputs(const SuiteManifest& manifest, const CaseOutputs& outputs,
                                      std::size_t steps) {
  std::uint64_t count = 0;
  for (const TensorSpec& spec : manifest.model.outputs) {
    if (spec.dtype == DType::kFloat32) {
      count += golden::count_nonfinite(
          output_values(manifest, outputs, spec.name, steps * spec.element_count()));
    }
  }
  return count;
}

}  // namespace assay::suites
