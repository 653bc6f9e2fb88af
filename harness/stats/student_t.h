#pragma once

// The two distributions that tests and small-sample corrections need.

namespace assay::stats {

/// P(Z <= z) of the standard normal distribution: erfc(-z / sqrt 2) / 2.
double normal_cdf(double z);

/// The p-quantile of the standard normal distribution: the approximation of Abramowitz & Stegun
/// 26.2.23, brought to full precision by two steps of Halley's method on normal_cdf(). SciPy:
/// norm.ppf. Precondition: 0 < p < 1.
double normal_quantile(double p);

/// P(T <= t) of Student's t with `dof` degrees of freedom, by the finite sums for whole degrees of
/// freedom (Abramowitz & Stegun 26.7.3 and 26.7.4). O(dof). Precondition: dof >= 1.
double student_t_cdf(double t, int dof);

/// The p-quantile of Student's t, by bisection of the above to 1e-12. Preconditions: 0 < p < 1,
/// dof >= 1.
double student_t_quantile(double p, int dof);

}  // namespace assay::stats
