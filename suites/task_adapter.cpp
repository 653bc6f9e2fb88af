#include <suites/task_adapter.h>
#include <suites/vad_adapter.h>

namespace assay::suites {

std::unique_ptr<TaskAdapter> make_task_adapter(const SuiteManifest& manifest) {
  return std::visit(
      [&](const VadTask& task) -> std::unique_ptr<TaskAdapter> {
        return std::make_unique<VadAdapter>(manifest, task);
      },
      manifest.task);
}

}  // namespace assay::suites
