#pragma once

// Steps in the history of a figure: between which runs did its level change?

#include <cstddef>
#include <span>
#include <vector>

namespace assay::stats {

struct Step {
  std::size_t first = 0;  ///< The first value of the new level; the change lies just before it.
  double before = 0;      ///< Median of the level that ended.
  double after = 0;       ///< Median of the level that began.
  /// |after - before| in units of the noise: the mean distance of all values from their levels.
  double size = 0;
};

/// Fits a piecewise constant by the L1 Potts functional, as asv does (step_detect.py; Friedrich et
/// al., "Complexity Penalized M-Estimation", JCGS 17, 2008): among all segmentations into levels of
/// at least two values, the one with the least
///     gamma * jumps + sum |value - median of its level|,
/// found exactly by dynamic programming. Of 16 values of gamma, from one that fits noise to one
/// that allows no jump, the one is taken whose fit has the least n ln(E / n + r) + 4 ln(n) jumps,
/// with E the sum above (asv's information criterion, beta = 4 ln(n) / n) and r a tenth of the
/// smallest difference between two values, which keeps exact figures such as sizes in bytes from
/// splitting without end. A single outlier is never a level. Noise that wanders slowly (each value
/// close to the one before it) looks like steps to it, as to any such method; the caller decides
/// from `size` and from the change in percent what matters.
///
/// The steps ascend; none for fewer than 4 values. O(n^2) time (about 15 ms for 1000 values), O(n)
/// memory. Precondition: all values are finite.
std::vector<Step> find_steps(std::span<const double> history);

}  // namespace assay::stats
