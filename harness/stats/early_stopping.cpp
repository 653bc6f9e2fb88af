#include <algorithm>

#include <harness/base/assert.h>
#include <harness/stats/binomial.h>
#include <harness/stats/early_stopping.h>

namespace assay::stats {
namespace {

/// I(percentile; runs - slower, slower + 1) <= 1 - confidence. It can only become true with more
/// runs and only become false with more slower ones, so that both searches may halve.
bool supports(std::uint64_t runs, std::uint64_t slower, double percentile, double confidence) {
  return binomial_cdf(slower, runs, 1 - percentile) <= 1 - confidence;
}

}  // namespace

std::uint64_t min_queries(double percentile, double confidence, std::uint64_t slower) {
  ASSAY_ASSERT(percentile > 0);
  ASSAY_ASSERT(percentile < 1);
  ASSAY_ASSERT(confidence > 0);
  ASSAY_ASSERT(confidence < 1);
  ASSAY_ASSERT(slower >= 1);
  std::uint64_t too_few = slower;
  std::uint64_t enough = 2 * slower;
  while (!supports(enough, slower, percentile, confidence)) {
    too_few = enough;
    enough *= 2;
  }
  while (enough - too_few > 1) {
    const std::uint64_t middle = too_few + (enough - too_few) / 2;
    (supports(middle, slower, percentile, confidence) ? enough : too_few) = middle;
  }
  return enough;
}

std::optional<std::uint64_t> allowed_slower(std::uint64_t runs, double percentile,
                                            double confidence) {
  if (runs < 2 || !supports(runs, 1, percentile, confidence)) {
    return std::nullopt;
  }
  std::uint64_t allowed = 1;
  std::uint64_t too_many = runs;
  while (too_many - allowed > 1) {
    const std::uint64_t middle = allowed + (too_many - allowed) / 2;
    (supports(runs, middle, percentile, confidence) ? allowed : too_many) = middle;
  }
  return allowed;
}

std::optional<double> early_stopping_estimate(std::span<const double> sorted, double percentile,
                                              double confidence) {
  ASSAY_ASSERT(std::is_sorted(sorted.begin(), sorted.end()));
  const std::optional<std::uint64_t> slower = allowed_slower(sorted.size(), percentile, confidence);
  if (!slower.has_value()) {
    return std::nullopt;
  }
  return sorted[sorted.size() - static_cast<std::size_t>(*slower)];
}

}  // namespace assay::stats
