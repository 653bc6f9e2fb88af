#include <algorithm>
#include <cmath>

#include <harness/compare/series.h>
#include <harness/compare/tokens.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

/// A series of that name and length; null if there is none.
const std::vector<float>* find_series_of(std::size_t length, const Cell& cell,
                                         std::string_view name) {
  const std::vector<float>* series = find_series(cell, name);
  return series == nullptr || series->size() != length ? nullptr : series;
}

/// The series of one case that its disagreements are told by.
struct CaseTokens {
  const std::vector<float>* target = nullptr;
  const std::vector<float>* golden = nullptr;
  const std::vector<float>* a = nullptr;
  const std::vector<float>* b = nullptr;
  bool complete() const {
    return target != nullptr && golden != nullptr && a != nullptr && b != nullptr;
  }
};

std::int32_t id_at(const std::vector<float>& ids, std::size_t i) {
  return static_cast<std::int32_t>(ids[i]);
}

void add_case(const CellPair& cells, TokenComparison& tokens, std::vector<double>& differences) {
  const std::vector<float>* found = find_series(*cells.a, "kld");
  if (found == nullptr) {
    return;
  }
  const std::vector<float>& kld_a = *found;
  const std::size_t length = kld_a.size();
  const std::vector<float>* kld_b = find_series_of(length, *cells.b, "kld");
  if (kld_b == nullptr) {
    return;
  }
  const CaseTokens series{.target = find_series_of(length, *cells.a, "token"),
                          .golden = find_series_of(length, *cells.a, "golden_best_token"),
                          .a = find_series_of(length, *cells.a, "best_token"),
                          .b = find_series_of(length, *cells.b, "best_token")};
  for (std::size_t i = 0; i < kld_a.size(); ++i) {
    const auto a = static_cast<double>(kld_a[i]);
    const auto b = static_cast<double>((*kld_b)[i]);
    ++tokens.positions;
    tokens.a_closer += a < b ? 1 : 0;
    tokens.b_closer += b < a ? 1 : 0;
    if (std::isfinite(a) && std::isfinite(b)) {
      differences.push_back(b - a);
    }
    if (series.complete() && (*series.a)[i] != (*series.b)[i]) {
      tokens.list.push_back({.case_name = cells.a->key.case_name,
                             .position = i,
                             .target = id_at(*series.target, i),
                             .golden = id_at(*series.golden, i),
                             .a = id_at(*series.a, i),
                             .b = id_at(*series.b, i),
                             .kld_a = a,
                             .kld_b = b});
    }
  }
}

}  // namespace

TokenComparison compare_tokens(std::span<const CellPair> pairs, const Policy& policy) {
  TokenComparison tokens;
  std::vector<double> differences;
  for (const CellPair& cells : pairs) {
    add_case(cells, tokens, differences);
  }
  if (!differences.empty()) {
    tokens.mean_difference = stats::mean(differences);
  }
  if (differences.size() > 1) {
    tokens.interval = stats::bootstrap_interval(
        differences, stats::mean_in_place,
        {.resamples = policy.case_resamples, .confidence = policy.confidence, .seed = policy.seed});
  }
  return tokens;
}

}  // namespace assay::compare
