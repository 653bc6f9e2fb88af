#include <algorithm>
#include <array>

#include <suites/task.h>
#include <suites/tasks/asr/asr_task.h>
#include <suites/tasks/llm/llm_task.h>
#include <suites/tasks/vad/vad_task.h>

namespace assay::suites {

TaskList built_in_tasks() {
  static const std::array<const Task*, 3> tasks{&vad_task(), &llm_task(), &asr_task()};
  return tasks;
}

std::unique_ptr<TaskAdapter> make_task_adapter(const SuiteManifest& manifest) {
  return manifest.task->make_adapter(manifest);
}

const Task* find_task(TaskList tasks, std::string_view name) {
  const auto found =
      std::ranges::find_if(tasks, [&](const Task* task) { return task->name() == name; });
  return found == tasks.end() ? nullptr : *found;
}

}  // namespace assay::suites
