#include <map>

#include <harness/measure/run_quality.h>

namespace assay::measure {

CellQuality assess_cell(const Cell& cell, const Fingerprint& fingerprint) {
  return {.key = cell.key,
          .measured = cell.status == CellStatus::kPass || cell.status == CellStatus::kFail,
          .invalid = cell.invalid,
          .blocks = summarize_disturbance(cell),
          .warnings = find_warnings(cell, fingerprint),
          .unsupported = unsupported_percentiles(cell)};
}

RunQuality sum_up(std::span<const CellQuality> cells) {
  RunQuality run;
  std::map<WarningKind, WarningGroup> groups;
  for (const CellQuality& cell : cells) {
    if (cell.measured) {
      ++run.measured;
      run.invalid += cell.invalid.empty() ? 0U : 1U;
    }
    run.blocks.add(cell.blocks);
    for (const QualityWarning& warning : cell.warnings) {
      ++groups.try_emplace(warning.kind, WarningGroup{.first = warning}).first->second.cells;
    }
  }
  for (auto& [kind, group] : groups) {
    run.warnings.push_back(std::move(group));
  }
  return run;
}

}  // namespace assay::measure
