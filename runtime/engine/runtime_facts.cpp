#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <runtime/engine/runtime_facts.h>
#include <runtime/engine/runtime_log.h>
#include <runtime/engine/thread_pool.h>
#include <runtime/kernels/llama_kernels.h>

namespace assay::runtime {
namespace {

std::vector<std::string> to_strings(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

}  // namespace

RuntimeFacts read_runtime_facts() {
  capture_runtime_log();  // a backend that is not available logs why, and doctor prints tables
  register_llama_kernels();
  RuntimeFacts facts;
  for (std::size_t i = 0; i < executorch::runtime::get_num_registered_backends(); ++i) {
    const auto name = executorch::runtime::get_backend_name(i);
    if (!name.ok()) {
      continue;
    }
    const auto* backend = executorch::runtime::get_backend_class(*name);
    facts.backends.push_back(
        {.name = *name, .available = backend != nullptr && backend->is_available()});
  }
  facts.kernels = executorch::runtime::get_registered_kernels().size();
  facts.own_operators = to_strings(llama_operators());
  facts.missing_operators = to_strings(missing_llama_operators());
  facts.default_threads = thread_count();
  return facts;
}

}  // namespace assay::runtime
