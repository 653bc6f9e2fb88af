#pragma once

// Calls a registered operator as the runtime does: by name, with boxed arguments.

#include <string>
#include <vector>

#include <executorch/extension/tensor/tensor_ptr.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <gtest/gtest.h>

#include <runtime/engine/runtime_log.h>
#include <runtime/kernels/llama_kernels.h>

namespace assay::runtime {

using executorch::aten::ScalarType;
using executorch::extension::TensorPtr;
using executorch::runtime::EValue;

/// A tensor over `data`, which must outlive it.
template <typename T>
TensorPtr tensor_over(std::vector<T>& data, std::vector<int> sizes, ScalarType type) {
  return executorch::extension::make_tensor_ptr(std::move(sizes), data.data(), type);
}

inline TensorPtr float_tensor(std::vector<float>& data, std::vector<int> sizes) {
  return tensor_over(data, std::move(sizes), ScalarType::Float);
}

/// What became of a call: the runtime's error code, and what it logged.
struct CallResult {
  executorch::runtime::Error code = executorch::runtime::Error::Ok;
  std::string log;
};

inline executorch::runtime::OpFunction find_operator(const char* name) {
  capture_runtime_log();
  register_llama_kernels();
  return executorch::runtime::get_op_function_from_registry(name).get();
}

inline CallResult call_operator(const char* name, std::vector<EValue> arguments) {
  const auto function = find_operator(name);
  take_runtime_errors();
  std::vector<EValue*> pointers;
  for (EValue& argument : arguments) {
    pointers.push_back(&argument);
  }
  executorch::runtime::KernelRuntimeContext context;
  function(context, {pointers.data(), pointers.size()});
  return {context.failure_state(), take_runtime_errors()};
}

}  // namespace assay::runtime
