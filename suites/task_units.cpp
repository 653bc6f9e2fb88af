#include <suites/task_units.h>

namespace assay::suites {

TaskUnits::TaskUnits(TaskList tasks) : tasks_(tasks) {
  for (const Task* task : tasks_) {
    kinds_.push_back(&task->unit());
  }
}

std::optional<UnitTable> TaskUnits::units_of(const Cell& cell) const {
  for (const Task* task : tasks_) {
    if (auto units = task->units_of(cell)) {
      return units;
    }
  }
  return std::nullopt;
}

const UnitTexts* TaskUnits::texts_of(const RunInfo& /*run*/, const std::string& /*suite*/) const {
  return nullptr;
}

}  // namespace assay::suites
