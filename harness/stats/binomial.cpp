#include <cmath>
#include <numbers>

#include <harness/base/assert.h>
#include <harness/stats/binomial.h>

namespace assay::stats {
namespace {

/// ln(n!) less Stirling's ln(sqrt(2 pi n) (n / e)^n), for n >= 1.
double stirling_error(double n) {
  if (n <= 16) {
    double factorial = 1;
    for (double i = 2; i <= n; ++i) {
      factorial *= i;
    }
    return std::log(factorial / std::sqrt(2 * std::numbers::pi * n)) - n * std::log(n) + n;
  }
  const double nn = n * n;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * nn)) / nn) / nn) / n;
}

/// x ln(x / m) + m - x, for positive x and m. Near x = m the terms cancel; there it is
/// (x - m) v + 2 x (v^3 / 3 + v^5 / 5 + ...) with v = (x - m) / (x + m).
double deviance(double x, double m) {
  const double v = (x - m) / (x + m);
  if (std::fabs(v) >= 0.1) {
    return x * std::log(x / m) + m - x;
  }
  double sum = (x - m) * v;
  double power = 2 * x * v;
  for (int odd = 3;; odd += 2) {
    power *= v * v;
    const double next = sum + power / odd;
    if (next == sum) {
      return sum;
    }
    sum = next;
  }
}

double probability_of(double k, double n, double p) {
  if (k == 0) {
    return std::exp(n * std::log1p(-p));
  }
  if (k == n) {
    return std::exp(n * std::log(p));
  }
  const double exponent = stirling_error(n) - stirling_error(k) - stirling_error(n - k) -
                          deviance(k, n * p) - deviance(n - k, n * (1 - p));
  return std::exp(exponent) * std::sqrt(n / (2 * std::numbers::pi * k * (n - k)));
}

/// P(X <= k) for k below the mean, where each term is smaller than the one before it.
double lower_tail(double k, double n, double p) {
  const double odds = (1 - p) / p;
  double relative = 1;
  double sum = 1;
  for (double j = k; j >= 1; --j) {
    relative *= j / (n - j + 1) * odds;
    const double next = sum + relative;
    if (next == sum) {
      break;
    }
    sum = next;
  }
  return probability_of(k, n, p) * sum;
}

}  // namespace

double binomial_probability(std::uint64_t k, std::uint64_t n, double p) {
  ASSAY_ASSERT(k <= n);
  ASSAY_ASSERT(p > 0);
  ASSAY_ASSERT(p < 1);
  return probability_of(static_cast<double>(k), static_cast<double>(n), p);
}

double binomial_cdf(std::uint64_t k, std::uint64_t n, double p) {
  ASSAY_ASSERT(p > 0);
  ASSAY_ASSERT(p < 1);
  if (k >= n) {
    return 1;
  }
  const auto successes = static_cast<double>(k);
  const auto trials = static_cast<double>(n);
  if (successes < trials * p) {
    return lower_tail(successes, trials, p);
  }
  // More than k successes are fewer than n - k failures.
  return 1 - lower_tail(trials - successes - 1, trials, 1 - p);
}

}  // namespace assay::stats
