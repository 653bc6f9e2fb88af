#include <algorithm>
#include <cmath>
#include <cstddef>

#include <harness/base/assert.h>
#include <harness/stats/quantile.h>

namespace assay::stats {

double quantile_sorted(std::span<const double> sorted, double q) {
  ASSAY_ASSERT(!sorted.empty());
  ASSAY_ASSERT(q >= 0);
  ASSAY_ASSERT(q <= 1);
  ASSAY_ASSERT(std::is_sorted(sorted.begin(), sorted.end()));
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  const std::size_t above = below + 1 < sorted.size() ? below + 1 : below;
  const double fraction = position - static_cast<double>(below);
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

}  // namespace assay::stats
