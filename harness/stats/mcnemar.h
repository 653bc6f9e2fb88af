#pragma once

// McNemar's test for flips: answers that one variant has right and the other wrong.

#include <cstdint>

namespace assay::stats {

/// Two-sided exact p-value (McNemar 1947, with the binomial distribution instead of chi-squared):
/// of `only_a` cases that only A has right and `only_b` that only B has right, is the split further
/// from even than chance makes it? min(1, 2 P(X <= min(only_a, only_b))) with X binomial of only_a
/// + only_b trials at 1/2; 1 when nothing flipped. Cases on which both agree tell nothing. SciPy:
/// binomtest(only_a, only_a + only_b, 0.5).pvalue. The cases have to be independent: recordings
/// are, neighbours in one text are not.
double mcnemar_p_value(std::uint64_t only_a, std::uint64_t only_b);

}  // namespace assay::stats
