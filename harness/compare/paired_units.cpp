#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <harness/compare/paired_units.h>
#include <harness/compare/series.h>
#include <harness/stats/stratified_bootstrap.h>

namespace assay::compare {
namespace {

/// The metric is sum of one series / sum of the other.
struct UnitMetric {
  std::string_view metric;
  std::string_view value;
  std::string_view weight;  ///< empty: 1 for each unit
  std::string_view unit;
};

constexpr std::array kUnitMetrics{
    UnitMetric{"kld_mean", "kld", "", "tokens"},
    UnitMetric{"delta_p_mean", "delta_p", "", "tokens"},
    UnitMetric{"wer", "word_errors", "reference_words", "utterances"},
    UnitMetric{"cer", "character_errors", "reference_characters", "utterances"},
    UnitMetric{"wer_vs_golden", "word_errors_vs_golden", "golden_words", "utterances"},
    UnitMetric{"transcripts_unchanged", "transcript_unchanged", "", "utterances"},
};

using Series = std::vector<float>;

bool is_finite(const Series& series) {
  return std::all_of(series.begin(), series.end(),
                     [](float value) { return std::isfinite(value); });
}

std::optional<stats::Stratum> read_stratum(const UnitMetric& metric, const CellPair& pair) {
  const Series* a = find_series(*pair.a, metric.value);
  const Series* b = find_series(*pair.b, metric.value);
  if (a == nullptr || b == nullptr || a->size() != b->size() || !is_finite(*a) || !is_finite(*b)) {
    return std::nullopt;
  }
  stats::Stratum stratum{.differences = {}, .weights = std::vector<double>(a->size(), 1.0)};
  if (!metric.weight.empty()) {
    const Series* weight = find_series(*pair.a, metric.weight);
    const Series* other = find_series(*pair.b, metric.weight);
    if (weight == nullptr || other == nullptr || *weight != *other || weight->size() != a->size()) {
      return std::nullopt;
    }
    stratum.weights.assign(weight->begin(), weight->end());
  }
  for (std::size_t i = 0; i < a->size(); ++i) {
    stratum.differences.push_back(static_cast<double>((*b)[i]) - static_cast<double>((*a)[i]));
  }
  return stratum;
}

}  // namespace

std::optional<UnitInterval> unit_interval(std::string_view metric, std::span<const CellPair> pairs,
                                          const Policy& policy) {
  const auto* known =
      std::find_if(kUnitMetrics.begin(), kUnitMetrics.end(),
                   [&](const UnitMetric& candidate) { return candidate.metric == metric; });
  if (known == kUnitMetrics.end()) {
    return std::nullopt;
  }
  std::vector<stats::Stratum> strata;
  UnitInterval result{.name = known->unit};
  for (const CellPair& pair : pairs) {
    std::optional<stats::Stratum> stratum = read_stratum(*known, pair);
    if (!stratum) {
      return std::nullopt;
    }
    result.units += stratum->differences.size();
    strata.push_back(std::move(*stratum));
  }
  if (result.units < 2) {
    return std::nullopt;
  }
  result.interval = stats::stratified_interval(
      strata,
      {.resamples = policy.case_resamples, .confidence = policy.confidence, .seed = policy.seed});
  return result;
}

}  // namespace assay::compare
