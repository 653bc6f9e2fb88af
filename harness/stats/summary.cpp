#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <harness/base/assert.h>
#include <harness/stats/summary.h>

namespace assay::stats {

double mean(std::span<const double> values) {
  ASSAY_ASSERT(!values.empty());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double stdev(std::span<const double> values) {
  ASSAY_ASSERT(!values.empty());
  if (values.size() < 2) {
    return 0;
  }
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) {
    squares += (value - center) * (value - center);
  }
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double median_in_place(std::span<double> values) {
  ASSAY_ASSERT(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

double mean_in_place(std::span<double> values) { return mean(values); }

double trimmed_mean_in_place(std::span<double> values, double share) {
  ASSAY_ASSERT(share >= 0);
  ASSAY_ASSERT(share < 0.5);
  const auto cut = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  if (cut == 0) {
    return mean(values);
  }
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(cut);
  const auto end = values.end() - static_cast<std::ptrdiff_t>(cut);
  std::nth_element(values.begin(), first, values.end());
  std::nth_element(first, end, values.end());
  return mean(values.subspan(cut, values.size() - 2 * cut));
}

double median_absolute_deviation(std::span<const double> values, double scale) {
  std::vector<double> deviations(values.begin(), values.end());
  const double center = median_in_place(deviations);
  for (double& value : deviations) {
    value = std::fabs(value - center);
  }
  return scale * median_in_place(deviations);
}

double coefficient_of_variation(std::span<const double> values) {
  const double center = mean(values);
  ASSAY_ASSERT(center != 0);
  return stdev(values) / center;
}

}  // namespace assay::stats
