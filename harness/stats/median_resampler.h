#pragma once

// Medians of bootstrap resamples without resampling: the median of n values drawn with replacement
// from n is one of few, with known probabilities (Efron, "Bootstrap Methods: Another Look at the
// Jackknife", Annals of Statistics 7, 1979, section 3; Maritz and Jarrett, JASA 73, 1978).

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace assay::stats {

/// Draws such medians for all samples of `n` values, as one look-up each, however large n is.
class MedianResampler {
 public:
  /// With n draws below, at or above each place of the sorted sample, the lower middle draw is at
  /// place a or before when at least k = ceil(n / 2) draws are: a binomial tail. For even n, the
  /// lower is at a or before and the upper beyond b with probability C(n, k) ((a + 1) / n)^k ((n -
  /// 1 - b) / n)^k. What is less likely than 2^-34 goes to its neighbour. Precondition: n >= 1.
  /// O(n) binomial tails.
  explicit MedianResampler(std::size_t n);

  /// The median of one resample of `sorted`, which is ascending and has n values.
  double draw(std::span<const double> sorted, std::mt19937& generator) const;

 private:
  void add(std::size_t lower, std::size_t upper, double probability);

  /// Places of the two middle draws, and where their share of the 32-bit words ends.
  struct Outcome {
    std::uint64_t end;
    std::uint32_t lower;
    std::uint32_t upper;
  };
  std::vector<Outcome> outcomes_;
  double sum_ = 0;  ///< Of the probabilities so far.
};

}  // namespace assay::stats
