#include <cmath>
#include <numbers>

#include <harness/base/assert.h>
#include <harness/stats/student_t.h>

namespace assay::stats {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  ASSAY_ASSERT(p > 0);
  ASSAY_ASSERT(p < 1);
  if (p > 0.5) {
    return -normal_quantile(1 - p);  // the lower tail keeps its digits
  }
  const double t = std::sqrt(-2 * std::log(p));
  double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
                 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
             t;
  for (int step = 0; step < 2; ++step) {
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    const double newton = (normal_cdf(z) - p) / density;
    z -= newton / (1 + z * newton / 2);
  }
  return z;
}

double student_t_cdf(double t, int dof) {
  ASSAY_ASSERT(dof >= 1);
  const double theta = std::atan(t / std::sqrt(static_cast<double>(dof)));
  const double cos_squared = std::cos(theta) * std::cos(theta);
  const bool odd = dof % 2 == 1;
  double inside = 0;  // P(|T| <= |t|), with the sign of t
  if (odd) {
    double term = std::cos(theta);
    double sum = dof > 1 ? term : 0;
    for (int k = 3; k <= dof - 2; k += 2) {
      term *= cos_squared * (k - 1) / k;
      sum += term;
    }
    inside = 2 / std::numbers::pi * (theta + std::sin(theta) * sum);
  } else {
    double term = 1;
    double sum = 1;
    for (int k = 2; k <= dof - 2; k += 2) {
      term *= cos_squared * (k - 1) / k;
      sum += term;
    }
    inside = std::sin(theta) * sum;
  }
  return 0.5 * (1 + inside);
}

double student_t_quantile(double p, int dof) {
  ASSAY_ASSERT(p > 0);
  ASSAY_ASSERT(p < 1);
  double low = -1;
  double high = 1;
  while (student_t_cdf(low, dof) > p) {
    low *= 2;
  }
  while (student_t_cdf(high, dof) < p) {
    high *= 2;
  }
  while (high - low > 1e-12 * std::fmax(1, std::fabs(low))) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) {
      break;
    }
    (student_t_cdf(middle, dof) < p ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace assay::stats
