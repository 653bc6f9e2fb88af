#include <algorithm>

#include <suites/task_adapter.h>

namespace assay::suites {
namespace {

bool selects(const std::vector<std::string>& selection, const std::string& name) {
  return selection.empty() ||
         std::find(selection.begin(), selection.end(), name) != selection.end();
}

/// Written so that NaN, which compares false with everything, does not pass.
bool within_bounds(const Score& score) {
  if (score.min && !(score.value >= *score.min)) {
    return false;
  }
  return !score.max || score.value <= *score.max;
}

}  // namespace

bool threshold_applies(const ThresholdSpec& threshold, const std::string& variant,
                       const std::string& case_name) {
  return selects(threshold.variants, variant) && selects(threshold.cases, case_name);
}

void apply_thresholds(const SuiteManifest& manifest, const CellKey& key,
                      std::vector<Score>& scores) {
  for (Score& score : scores) {
    for (const ThresholdSpec& threshold : manifest.thresholds) {
      if (threshold.metric != score.metric ||
          !threshold_applies(threshold, key.variant, key.case_name)) {
        continue;
      }
      if (threshold.min) {
        score.min = std::max(score.min.value_or(*threshold.min), *threshold.min);
      }
      if (threshold.max) {
        score.max = std::min(score.max.value_or(*threshold.max), *threshold.max);
      }
    }
    // No suite may allow NaN: figures that were computed beside one mean nothing.
    if (score.metric == "nonfinite_count") {
      score.max = std::min(score.max.value_or(0), 0.0);
    }
    score.pass = within_bounds(score);
  }
}

}  // namespace assay::suites
