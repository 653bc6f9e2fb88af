#include <suites/task_adapter.h>
#include <suites/tasks/asr/asr_adapter.h>
#include <suites/tasks/llm/llm_adapter.h>
#include <suites/tasks/vad/vad_adapter.h>

namespace assay::suites {

std::unique_ptr<TaskAdapter> make_task_adapter(const SuiteManifest& manifest) {
  if (const auto* llm = std::get_if<LlmTask>(&manifest.task)) {
    return std::make_unique<LlmAdapter>(manifest, *llm);
  }
  if (const auto* asr = std::get_if<AsrTask>(&manifest.task)) {
    return std::make_unique<AsrAdapter>(manifest, *asr);
  }
  return std::make_unique<VadAdapter>(manifest, std::get<VadTask>(manifest.task));
}

}  // namespace assay::suites
