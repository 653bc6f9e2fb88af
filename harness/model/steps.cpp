#include <algorithm>

#include <harness/model/steps.h>

namespace assay {

CaseInputs first_steps(const CaseInputs& inputs, const std::vector<TensorSpec>& model_inputs,
                       std::size_t count) {
  CaseInputs head = inputs;
  head.step_count = std::min(inputs.step_count, count);
  for (StepInput& feed : head.inputs) {
    std::size_t elements = 0;
    if (feed.windows.empty()) {
      elements = (head.execution_count() - 1) * feed.stride_elements +
                 model_inputs[feed.input].element_count();
    } else {
      feed.windows.resize(head.execution_count());
      for (const StepWindow& window : feed.windows) {
        elements = std::max(elements, window.offset + window.length);
      }
    }
    feed.data.data.resize(elements * dtype_size(feed.data.spec.dtype));
    feed.data.spec.shape = {static_cast<std::int64_t>(elements)};
  }
  return head;
}

}  // namespace assay
