#include <suites/llm_adapter.h>
#include <suites/task_adapter.h>
#include <suites/vad_adapter.h>

namespace assay::suites {

std::unique_ptr<TaskAdapter> make_task_adapter(const SuiteManifest& manifest) {
  if (const auto* llm = std::get_if<LlmTask>(&manifest.task)) {
    return std::make_unique<LlmAdapter>(manifest, *llm);
  }
  return std::make_unique<VadAdapter>(manifest, std::get<VadTask>(manifest.task));
}

}  // namespace assay::suites
