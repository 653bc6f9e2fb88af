#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <harness/base/assert.h>
#include <harness/stats/mann_whitney.h>
#include <harness/stats/ranks.h>
#include <harness/stats/student_t.h>

namespace assay::stats {
namespace {

constexpr std::size_t kExactUpTo = 8;

/// P(U <= u) when every arrangement of `few` and `many` untied values is as likely. The numbers of
/// arrangements are the coefficients of the Gaussian binomial, the product over i = 1..few of
/// (1 - q^(many + i)) / (1 - q^i). Each coefficient depends on lower ones only, so that the small
/// counts of the tail are exact whole numbers.
double exact_lower_tail(std::size_t u, std::size_t few, std::size_t many) {
  std::vector<double> arrangements(u + 1, 0.0);
  arrangements[0] = 1;
  double all = 1;
  for (std::size_t i = 1; i <= few; ++i) {
    for (std::size_t k = u; k >= many + i; --k) {
      arrangements[k] -= arrangements[k - many - i];
    }
    for (std::size_t k = i; k <= u; ++k) {
      arrangements[k] += arrangements[k - i];
    }
    all *= static_cast<double>(many + i) / static_cast<double>(i);
  }
  return std::accumulate(arrangements.begin(), arrangements.end(), 0.0) / all;
}

}  // namespace

MannWhitney mann_whitney_u(std::span<const double> x, std::span<const double> y) {
  ASSAY_ASSERT(!x.empty());
  ASSAY_ASSERT(!y.empty());
  std::vector<double> both(x.begin(), x.end());
  both.insert(both.end(), y.begin(), y.end());
  const Ranks ranks = mid_ranks(both);
  const auto nx = static_cast<double>(x.size());
  const auto ny = static_cast<double>(y.size());
  const auto x_end = ranks.ranks.begin() + static_cast<std::ptrdiff_t>(x.size());
  const double u = std::accumulate(ranks.ranks.begin(), x_end, 0.0) - nx * (nx + 1) / 2;
  const double smaller = std::min(u, nx * ny - u);

  const std::size_t few = std::min(x.size(), y.size());
  if (few <= kExactUpTo && ranks.tie_term == 0) {
    const std::size_t many = std::max(x.size(), y.size());
    const double tail = exact_lower_tail(static_cast<std::size_t>(smaller), few, many);
    return {.u = u, .p_value = std::min(1.0, 2 * tail)};
  }
  const double n = nx + ny;
  const double variance = nx * ny / 12 * (n + 1 - ranks.tie_term / (n * (n - 1)));
  if (variance <= 0) {
    return {.u = u, .p_value = 1};  // all values are equal
  }
  const double z = (smaller - nx * ny / 2 + 0.5) / std::sqrt(variance);
  return {.u = u, .p_value = std::min(1.0, 2 * normal_cdf(z))};
}

}  // namespace assay::stats
