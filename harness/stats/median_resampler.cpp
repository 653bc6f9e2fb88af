#include <algorithm>
#include <cmath>

#include <harness/base/assert.h>
#include <harness/stats/binomial.h>
#include <harness/stats/median_resampler.h>

namespace assay::stats {
namespace {

constexpr double kWords = 4294967296.0;  // of the generator
constexpr double kNegligible = 1 / (4 * kWords);

/// P(the lower middle draw is among the first `places`).
double lower_within(std::size_t places, std::size_t n) {
  if (places == n) {
    return 1;
  }
  const std::size_t fewer = (n - 1) / 2;
  return 1 - binomial_cdf(fewer, n, static_cast<double>(places) / static_cast<double>(n));
}

/// P(the lower middle draw is among the first `places`, the upper among the last `others`), n even.
double apart(std::size_t places, std::size_t others, std::size_t n) {
  if (places == 0 || others == 0) {
    return 0;
  }
  const auto both = static_cast<double>(places + others);
  const double part = static_cast<double>(places) / both;
  return binomial_probability(n / 2, n, part) *
         std::pow(both / static_cast<double>(n), static_cast<double>(n));
}

}  // namespace

MedianResampler::MedianResampler(std::size_t n) {
  ASSAY_ASSERT(n >= 1);
  double within = 0;
  for (std::size_t a = 0; a < n; ++a) {
    const double within_next = lower_within(a + 1, n);
    double left = within_next - within;  // P(lower at a, upper at b or beyond)
    within = within_next;
    if (left < kNegligible) {
      continue;
    }
    std::size_t b = a;
    for (; n % 2 == 0 && b + 1 < n; ++b) {
      const double beyond = apart(a + 1, n - 1 - b, n) - apart(a, n - 1 - b, n);
      if (beyond < kNegligible) {
        break;
      }
      add(a, b, left - beyond);
      left = beyond;
    }
    add(a, b, left);
  }
  outcomes_.back().end = static_cast<std::uint64_t>(kWords);
}

void MedianResampler::add(std::size_t lower, std::size_t upper, double probability) {
  sum_ += probability;
  outcomes_.push_back({.end = static_cast<std::uint64_t>(std::min(1.0, sum_) * kWords),
                       .lower = static_cast<std::uint32_t>(lower),
                       .upper = static_cast<std::uint32_t>(upper)});
}

double MedianResampler::draw(std::span<const double> sorted, std::mt19937& generator) const {
  const std::uint64_t word = generator();
  const auto outcome =
      std::upper_bound(outcomes_.begin(), outcomes_.end(), word,
                       [](std::uint64_t value, const Outcome& o) { return value < o.end; });
  const double lower = sorted[outcome->lower];
  return lower + (sorted[outcome->upper] - lower) / 2;
}

}  // namespace assay::stats
