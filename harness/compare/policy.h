#pragma once

// The numbers that turn an estimate and its interval into a verdict. Kept apart from the
// measurement, so that another policy can judge last month's runs without running anything.

#include <cstddef>
#include <cstdint>

namespace assay::compare {

/// How far from "no change" an effect may lie. For a ratio 0.01 means 1/1.01 to 1.01; for a
/// difference it is in the metric's own unit.
struct Margin {
  /// An interval that lies inside is "same".
  double equivalence = 0;
  /// An interval must lie outside to be "better" or "worse": what the way of measuring cannot tell
  /// apart.
  double resolution = 0;
};

struct Policy {
  double confidence = 0.95;
  std::size_t pair_resamples = 2000;
  /// More, because the tails for few cases are thin (0.1 % with five of them).
  std::size_t case_resamples = 10000;
  std::uint32_t seed = 1;

  /// With fewer pairs of neighbouring blocks not even "B was faster in every pair" is significant
  /// at 5 % (two-sided sign test: 2 * 2^-6 = 3 %).
  std::size_t min_block_pairs = 6;
  /// Fewer cases than this say nothing about cases that were not run.
  std::size_t min_cases = 5;

  /// A pair of processes has a bias of its own of 1-2 % (memory layout), which repetition within
  /// the pair does not remove; Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM
  /// 2013. So the resolution applies where the interval rests on fewer than stats::kMinPairs pairs
  /// of processes; with more of them the bias is in the interval.
  Margin time{.equivalence = 0.01, .resolution = 0.02};
  /// Times of two machines, each measured by itself. The interval holds what differs between the
  /// processes of one run, not what differs between one hour and the next: on a shared machine the
  /// same code differed by 15 % from minute to minute. Never "same" unless equal.
  Margin time_apart{.equivalence = 0, .resolution = 0.15};
  /// Bytes of a file or a plan are exact.
  Margin exact_bytes{.equivalence = 0.01};
  /// Bytes read from /proc, once a side: pages that happen to be resident differ from run to run.
  Margin measured_bytes{.equivalence = 0, .resolution = 0.05};
  /// Retired instructions repeat to within a fraction of a percent.
  Margin instructions{.equivalence = 0.005, .resolution = 0.01};
  Margin decibel{.equivalence = 0.5};
  /// Errors, rates and areas on a scale of 0 to 1.
  Margin unit_scale{.equivalence = 0.001};
};

}  // namespace assay::compare
