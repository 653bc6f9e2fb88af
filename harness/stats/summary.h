#pragma once

// Location and spread of a sample. Pure; knows no units.

#include <span>

namespace assay::stats {

/// Arithmetic mean. Precondition: not empty.
double mean(std::span<const double> values);

/// Sample standard deviation, sqrt(sum((x - mean)^2) / (n - 1)), in two passes; 0 for one value,
/// which says nothing about spread. NumPy: std(ddof=1). Precondition: not empty.
double stdev(std::span<const double> values);

/// The middle value, or the mean of the two middle ones: NumPy's median. Reorders `values`, so that
/// a resampling loop needs no copy. Precondition: not empty.
double median_in_place(std::span<double> values);

/// Mean of `values`, with the signature that bootstrap_interval() takes. Leaves the order alone.
double mean_in_place(std::span<double> values);

/// Mean of what remains without the floor(share * n) lowest and as many of the highest values.
/// SciPy: trim_mean(values, share). Reorders `values`. Preconditions: not empty, 0 <= share < 0.5.
double trimmed_mean_in_place(std::span<double> values, double share);

/// What makes a median absolute deviation estimate the standard deviation of normal data:
/// 1 / Phi^-1(3/4).
constexpr double kNormalConsistent = 1.482602218505602;

/// Median of |x - median|, times `scale`: a spread that up to half of the values cannot spoil.
/// SciPy: median_abs_deviation(values), whose scale='normal' is kNormalConsistent. Precondition:
/// not empty.
double median_absolute_deviation(std::span<const double> values, double scale = 1);

/// stdev / mean, a fraction. SciPy: variation(values, ddof=1). Preconditions: not empty, and a mean
/// other than 0.
double coefficient_of_variation(std::span<const double> values);

}  // namespace assay::stats
