#pragma once

// Units of stored cells, by the tasks that a program knows.

#include <vector>

#include <harness/model/units.h>
#include <suites/task.h>

namespace assay::suites {

/// Asks one task after the other. Knows no texts: those are in files that a run kept
/// (harness/session/kept_units.h). `tasks` must outlive it.
class TaskUnits : public UnitSource {
 public:
  explicit TaskUnits(TaskList tasks);

  std::span<const UnitKind* const> kinds() const override { return kinds_; }
  std::optional<UnitTable> units_of(const Cell& cell) const override;
  const UnitTexts* texts_of(const RunInfo& run, const std::string& suite) const override;

 private:
  TaskList tasks_;
  std::vector<const UnitKind*> kinds_;
};

}  // namespace assay::suites
