#pragma once

// Many tests at once: a gate of 200 cases at 5 % would call ten unchanged ones different.

#include <cstddef>
#include <span>
#include <vector>

namespace assay::stats {

/// Benjamini-Hochberg adjusted p-values, in the order given: the smallest rate of false discoveries
/// at which each test is rejected, min over j >= rank of p_(j) m / j, at most 1. Valid for
/// independent and for positively dependent tests (Benjamini and Hochberg 1995; Benjamini and
/// Yekutieli 2001). SciPy: false_discovery_control(p, method='bh').
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

/// The tests rejected when at most the share `q` of all rejections may be false: indices into
/// `p_values`, ascending.
std::vector<std::size_t> benjamini_hochberg_rejected(std::span<const double> p_values, double q);

/// The confidence of intervals that are shown only for `selected` of `tests` parameters, so that at
/// most the share `q` of those shown misses its parameter: 1 - selected q / tests (Benjamini and
/// Yekutieli, "False Discovery Rate-Adjusted Multiple Confidence Intervals for Selected
/// Parameters", JASA 100, 2005). After selection by Benjamini-Hochberg at q, each such interval
/// excludes zero if it is the inversion of the test. Preconditions: 1 <= selected <= tests.
double false_coverage_confidence(std::size_t selected, std::size_t tests, double q);

}  // namespace assay::stats
