#pragma once

// How to spend a time budget on pairs of fresh processes. Pure.

#include <cstddef>

namespace assay::run {

/// What a pilot measured. A pair is one set of fresh processes, one a lane; a round is one block of
/// each lane.
struct PairCosts {
  double startup_s = 0;  ///< start, load and warm up all lanes of a pair
  double round_s = 0;    ///< one block of each lane
  /// Standard deviation of the log ratio of two lanes' block times within a pair.
  double sd_within = 0;
};

struct PairPlan {
  std::size_t pairs = 1;
  std::size_t rounds = 2;  ///< a pair; even, so that every A B B A group is whole
};

/// Spread of the log ratio between pairs of processes of one program, which repetition within a
/// pair does not remove: 1 to 2 % in every probe so far (docs/internals/measurement.md). A pilot of
/// one pair cannot measure it.
inline constexpr double kSdBetweenPairs = 0.015;

/// The plan whose estimate, the location over pairs of the log ratio, has the least variance
/// (sd_between^2 + sd_within^2 / rounds) / pairs for `budget_s` seconds in all: rounds =
/// sqrt(startup_s / round_s) * sd_within / sd_between (Kalibera and Jones, "Rigorous Benchmarking
/// in Reasonable Time", ISMM 2013, section 6), at least 2, rounded up to even, and no more than
/// leave room for a dozen pairs; then as many pairs as fit, at least 1. A model that loads slowly
/// gets fewer, longer pairs.
PairPlan plan_pairs(const PairCosts& costs, double budget_s);

}  // namespace assay::run
