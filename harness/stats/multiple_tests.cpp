#include <algorithm>
#include <numeric>

#include <harness/base/assert.h>
#include <harness/stats/multiple_tests.h>

namespace assay::stats {

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  const auto tests = static_cast<double>(p_values.size());
  double smallest = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t test = order[rank - 1];
    smallest = std::min(smallest, p_values[test] * tests / static_cast<double>(rank));
    adjusted[test] = smallest;
  }
  return adjusted;
}

std::vector<std::size_t> benjamini_hochberg_rejected(std::span<const double> p_values, double q) {
  const std::vector<double> adjusted = benjamini_hochberg(p_values);
  std::vector<std::size_t> rejected;
  for (std::size_t test = 0; test < adjusted.size(); ++test) {
    if (adjusted[test] <= q) {
      rejected.push_back(test);
    }
  }
  return rejected;
}

double false_coverage_confidence(std::size_t selected, std::size_t tests, double q) {
  ASSAY_ASSERT(selected >= 1);
  ASSAY_ASSERT(selected <= tests);
  return 1 - static_cast<double>(selected) * q / static_cast<double>(tests);
}

}  // namespace assay::stats
