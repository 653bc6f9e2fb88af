#pragma once

// Does a sample have two modes, such as a processor that switched between two speeds?

#include <span>

namespace assay::stats {

/// Hartigan's dip: the least possible distance, over all unimodal distributions, between theirs and
/// the empirical distribution function (Hartigan and Hartigan, "The Dip Test of Unimodality",
/// Annals of Statistics 13, 1985). Between 1 / (2n) and 1/4; two well separated modes of shares w
/// and 1 - w have a dip of min(w, 1 - w) / 2. Chosen over Sarle's coefficient because a long tail
/// does not raise it: lognormal latencies are unimodal. Preconditions: ascending, not empty. O(n)
/// for each narrowing of the modal interval, of which there are few.
double hartigan_dip(std::span<const double> sorted);

/// Whether a latency sample is bimodal enough to say so: its dip is above 0.02 (the smaller mode
/// has about 4 % or more of the values) and above 0.75 / sqrt(n), which unimodal samples pass about
/// once in 1000 at most (the uniform distribution, the worst of them: the 99.9th percentile of
/// sqrt(n) dip is 0.57 for 10, 0.72 for 300 and 0.74 for 3000 values, simulated). Values of a
/// coarse clock are first spread evenly over their tick, as their ties would count as modes. Values
/// that resemble their predecessor make false alarms likelier. Preconditions as above.
bool is_bimodal(std::span<const double> sorted);

}  // namespace assay::stats
