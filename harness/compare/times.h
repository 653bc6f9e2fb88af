#pragma once

// The effects of the block pairs of one case, metric by metric: what the intervals of times are
// made of.

#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>

namespace assay::compare {

struct PairedTimes {
  /// By metric id, a list a pair of processes, one number a pair of blocks: ln(B / A) for a ratio,
  /// B - A for a difference. No list is empty.
  std::map<std::string_view, std::vector<std::vector<double>>> effects;
  std::size_t shortest_block = 0;  ///< executions; 0 without any pair
  std::size_t unpaired = 0;        ///< blocks

  void append(const PairedTimes& other);
};

/// `deadline_ns` is what the miss rate is counted by; 0: none.
PairedTimes pair_times(std::span<const SampleBlock> a, std::span<const SampleBlock> b,
                       double deadline_ns);

/// Fills effect, interval, units and verdict of a latency metric. With at least stats::kMinPairs
/// pairs of processes these are the units, and the interval holds the bias that each of them has;
/// with fewer it resamples pairs of blocks, and no small change is judged. Preconditions:
/// delta.metric, a and b are set.
void judge_times(Delta& delta, const PairedTimes& times, Proximity proximity, const Policy& policy);

}  // namespace assay::compare
