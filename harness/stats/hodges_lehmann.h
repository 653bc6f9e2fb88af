#pragma once

// Hodges-Lehmann estimators of location and shift: nearly as precise as the mean on normal data
// (95.5 %), and unmoved by up to 29 % of wild values.

#include <span>

namespace assay::stats {

/// The median of all n m differences y_j - x_i (Hodges and Lehmann 1963): by how much `y` lies
/// above `x`. NumPy: median(subtract.outer(y, x)). Exact for every size without making the
/// differences: random pivots in the matrix of the sorted samples halve what remains, so that it
/// takes O((n + m) log(n + m)) time expected and O(n + m) memory. The pivots do not change the
/// result. Preconditions: neither is empty, all values are finite.
double hodges_lehmann_shift(std::span<const double> x, std::span<const double> y);

/// The median of the n (n + 1) / 2 Walsh averages (x_i + x_j) / 2, i <= j: the pseudo-median, the
/// centre of a symmetric sample. Sorts `values`, so that a resampling loop needs no copy. Cost as
/// above. Preconditions: not empty, all values are finite.
double hodges_lehmann_in_place(std::span<double> values);

}  // namespace assay::stats
