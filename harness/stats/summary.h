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

}  // namespace assay::stats
