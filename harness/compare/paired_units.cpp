#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <harness/compare/paired_units.h>
#include <harness/compare/series.h>
#include <harness/stats/stratified_bootstrap.h>

namespace assay::compare {
namespace {

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
                                          const UnitSource& source, const Policy& policy) {
  UnitInterval result;
  const UnitMetric* mean = nullptr;
  for (const UnitKind* kind : source.kinds()) {
    const auto own = std::ranges::find(kind->means, metric, &UnitMetric::metric);
    if (own != kind->means.end()) {
      result.kind = kind;
      mean = &*own;
    }
  }
  if (mean == nullptr) {
    return std::nullopt;
  }
  std::vector<stats::Stratum> strata;
  for (const CellPair& pair : pairs) {
    std::optional<stats::Stratum> stratum = read_stratum(*mean, pair);
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
