#include <algorithm>
#include <array>
#include <map>

#include <harness/model/metric.h>
#include <suites/case_floor.h>

namespace assay::suites {
namespace {

/// The worst value of each metric over all pairs of runs, one of them as the golden. Pairs of a run
/// with itself change no worst value and give one to a single distinct run.
std::map<std::string, double> worst_against_each_other(const TaskAdapter& adapter,
                                                       const Reference& reference,
                                                       std::span<const CaseOutputs> distinct) {
  std::map<std::string, double> worst;
  for (const CaseOutputs& as_golden : distinct) {
    const auto own_reference = adapter.reference_from(reference, as_golden);
    for (const CaseOutputs& run : distinct) {
      for (const Score& score : adapter.score(*own_reference, run).scores) {
        const auto [known, inserted] = worst.try_emplace(score.metric, score.value);
        const MetricInfo* metric = find_metric(score.metric);
        const bool higher_is_better = metric != nullptr && metric->better == Better::kHigher;
        known->second = higher_is_better ? std::min(known->second, score.value)
                                         : std::max(known->second, score.value);
      }
    }
  }
  return worst;
}

void widen_range(std::vector<MetricFloor>& metrics, const Score& score, double floor) {
  const auto known = std::ranges::find(metrics, score.metric, &MetricFloor::metric);
  if (known != metrics.end()) {
    known->lowest = std::min(known->lowest, score.value);
    known->highest = std::max(known->highest, score.value);
    return;
  }
  metrics.push_back(
      {.metric = score.metric, .floor = floor, .lowest = score.value, .highest = score.value});
}

}  // namespace

bool CaseFloor::identical() const {
  return std::ranges::all_of(outputs, &golden::OutputSpread::identical);
}

bool is_level(std::string_view metric) {
  constexpr std::array<std::string_view, 13> kLevels{
      "nonfinite_count", "frame_precision", "frame_recall",      "frame_f1", "roc_auc",
      "score_max",       "perplexity",      "golden_perplexity", "wer",      "cer",
      "wer_insertions",  "wer_deletions",   "wer_substitutions"};
  return std::ranges::find(kLevels, metric) != kLevels.end() || metric.ends_with("_unc");
}

CaseFloor summarize_floor(const SuiteManifest& manifest, const TaskAdapter& adapter,
                          const Reference& reference, std::span<const CaseOutputs> distinct) {
  CaseFloor floor;
  floor.outputs = golden::output_spread(manifest.model.outputs, distinct);
  const auto worst = worst_against_each_other(adapter, reference, distinct);
  for (const CaseOutputs& run : distinct) {
    for (const Score& score : adapter.score(reference, run).scores) {
      if (const auto found = worst.find(score.metric); found != worst.end()) {
        widen_range(floor.metrics, score, found->second);
      }
    }
  }
  for (MetricFloor& metric : floor.metrics) {
    if (is_level(metric.metric)) {
      metric.floor = metric.highest - metric.lowest;
    }
  }
  return floor;
}

}  // namespace assay::suites
