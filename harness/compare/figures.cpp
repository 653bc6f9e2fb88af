#include <harness/compare/figures.h>
#include <harness/measure/percentile_support.h>
#include <harness/model/metric.h>

namespace assay::compare {

Figures cell_figures(const Cell& cell) {
  Figures figures;
  for (const Score& score : cell.scores) {
    const MetricInfo* metric = find_metric(score.metric);
    if (metric != nullptr && !measure::find_unsupported(cell, score.metric)) {
      figures.emplace(metric->id, score.value);
    }
  }
  return figures;
}

bool is_measured(const Cell& cell) {
  return cell.status == CellStatus::kPass || cell.status == CellStatus::kFail;
}

}  // namespace assay::compare
