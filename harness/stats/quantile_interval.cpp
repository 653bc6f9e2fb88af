#include <cstdint>
#include <limits>

#include <harness/base/assert.h>
#include <harness/stats/binomial.h>
#include <harness/stats/quantile.h>
#include <harness/stats/quantile_interval.h>

namespace assay::stats {

QuantileEstimate quantile_interval(std::span<const double> sorted, double p, double confidence) {
  ASSAY_ASSERT(!sorted.empty());
  ASSAY_ASSERT(confidence > 0);
  ASSAY_ASSERT(confidence < 1);
  const std::uint64_t count = sorted.size();
  const double tail = (1 - confidence) / 2;
  // Fewer than k samples lie below the quantile with probability P(X <= k - 1), so the k-th
  // smallest is a lower bound when that is at most `tail`.
  std::uint64_t low = 0;
  while (low < count && binomial_cdf(low, count, p) <= tail) {
    ++low;
  }
  // At least k lie below it with probability 1 - P(X <= k - 1): the k-th smallest is an upper one.
  std::uint64_t high = count;
  while (high > 0 && 1 - binomial_cdf(high - 1, count, p) <= tail) {
    --high;
  }
  const double infinity = std::numeric_limits<double>::infinity();
  return {.value = quantile_sorted(sorted, p),
          .interval = {.low = low == 0 ? -infinity : sorted[low - 1],
                       .high = high == count ? infinity : sorted[high]}};
}

}  // namespace assay::stats
