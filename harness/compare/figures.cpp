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

bool only_some_cases_have(const MetricInfo& metric) {
  return metric.id == "ttft_ms" || metric.id == "prefill_tokens_per_s" ||
         metric.id == "decode_tokens_per_s" || metric.id == "rtf";
}

bool is_measured(const Cell& cell) {
  return cell.status == CellStatus::kPass || cell.status == CellStatus::kFail;
}

}  // namespace assay::compare
